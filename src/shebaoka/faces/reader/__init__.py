"""The reader service: web pages and desktop software on this machine use its card reader, over HTTP on the loopback address only."""
