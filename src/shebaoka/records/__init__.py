"""Pure codecs: the layouts of partners' files and numbers. No I/O."""
