"""The faces: how people and programs reach the rooms."""
