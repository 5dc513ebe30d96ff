"""Where card keys are kept: a file whose entries are sealed, by two officers' passphrases or by a key in a module (PKCS#11)."""
