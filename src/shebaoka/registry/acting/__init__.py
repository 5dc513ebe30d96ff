"""Acting for somebody else: who may, with which papers, and the record of each such act."""
