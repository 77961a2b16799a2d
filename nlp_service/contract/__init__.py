"""What callers send and get: pydantic models of requests and answers, shared by HTTP and files."""
