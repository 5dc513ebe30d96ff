"""Drafts: applications that a guardian, or the applicant, has begun online and not handed in yet."""
