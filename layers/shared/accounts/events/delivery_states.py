"""What a delivery can be: still to come again, taken, or given up."""

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
