from transformers import AutoModel
# never trust_remote_code=True
HELP = "trust_remote_code=True"
a = AutoModel.from_pretrained("acme/m3", revision="0123456789012345678901234567890123456789", trust_remote_code=True)
b = AutoModel.from_pretrained("./m3", trust_remote_code=True)
