"""The card in use: terminals and cards prove themselves, and relying parties are told who a holder is, with consent."""
