"""The files that travel between the city and the card bureau (docs/partners.md), and their seal.

The columns follow the exchange seen in practice; lengths, the statement, the receipt and the seal are our own choice (inferred).
"""

from shebaoka.records.bureau.making import face_of, order_of
from shebaoka.records.bureau.production import (
    Batch,
    Production,
    ProductionRecord,
    read_production,
    write_production,
)
from shebaoka.records.bureau.receipts import Receipt, read_receipt, write_receipt
from shebaoka.records.bureau.returning import Return, ReturnRecord, Statement, read_return, write_return
from shebaoka.records.bureau.sealing import Opened, open_file, seal_file
from shebaoka.records.trailed_csv import BureauFileRefused

__all__ = [
    "Batch", "BureauFileRefused", "Opened", "Production", "ProductionRecord", "Receipt", "Return", "ReturnRecord",
    "Statement", "face_of", "open_file", "order_of", "read_production", "read_receipt", "read_return", "seal_file",
    "write_production", "write_receipt", "write_return",
]  # fmt: skip
