"""What Lambda does: it runs functions, and brings them the messages of queues."""
