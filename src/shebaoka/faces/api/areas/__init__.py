"""The areas of the interface, each with what goes over the wire and the handlers."""
