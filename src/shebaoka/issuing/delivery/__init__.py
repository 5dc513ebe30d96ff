"""Delivery: cards travel by courier, and reach their holders at home or at the fallback outlet."""
