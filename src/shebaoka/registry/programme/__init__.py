"""The programme: dated rules, as data, and the answer to when, where and with which bank a card is changed, and why."""
