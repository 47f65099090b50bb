signed by us
