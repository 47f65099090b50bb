f(trust_remote_code=True)
