// HTTPRequests
