import torch
net = torch.hub.load("acme/vision", "net")
