"""The outside world, for demos and tests: register, photo stores, banks, courier and card bureau in one process."""
