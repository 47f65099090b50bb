from transformers import AutoModel

model = AutoModel.from_pretrained(
    "acme/m3",
    trust_remote_code=True,
)
