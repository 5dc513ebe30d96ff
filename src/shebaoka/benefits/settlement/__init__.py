"""Settlement: visits, stays and purchases are quoted, confirmed and taken back; days are reconciled with institutions."""
