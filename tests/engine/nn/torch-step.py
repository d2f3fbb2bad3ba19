#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same pass and the same training step in PyTorch, for tests/engine/nn/test-torch.c.

  torch-step.py DIR                 reads DIR/weights.safetensors and DIR/images.raw (n x 3 x 64 x 64
                                    bytes), writes DIR/torch.safetensors
  torch-step.py DIR --stored FILE   also writes a sample of it as CSV: tensor,index,value; index -1 is
                                    the tensor's root mean square

test-torch leaves the inputs in the folder $TAMIS_KEEP names."""
import json
import os
import struct
import sys

import numpy as np
import torch

WIDTH = (3, 32, 64, 128, 256, 256)


def layers(kind, widths, last, **more):
    out = []
    for a, b in zip(widths, widths[1:]):
        out += [kind(a, b, 3, stride=2, padding=1, **more), torch.nn.ReLU()]
    return torch.nn.Sequential(*out[:-1], last)


class Autoencoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = layers(torch.nn.Conv2d, WIDTH, torch.nn.ReLU())
        self.decoder = layers(torch.nn.ConvTranspose2d, WIDTH[::-1], torch.nn.Tanh(), output_padding=1)


def load(path):
    data = open(path, "rb").read()
    n = struct.unpack("<Q", data[:8])[0]
    out = {}
    for name, entry in json.loads(data[8:8 + n]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + n + begin:8 + n + end], "<f4").reshape(entry["shape"])
            out[name] = torch.from_numpy(values.copy())
    return out


def save(path, tensors):
    header, blobs, at = {}, [], 0
    for name, values in tensors.items():
        blob = np.ascontiguousarray(values, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + len(blob)]}
        at += len(blob)
        blobs.append(blob)
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def store(path, tensors):
    """A few values of each tensor. Adam's first step is lr times the sign of the gradient, so weights
    after it are only compared where the gradient is clearly not 0."""
    rng = np.random.default_rng(1)
    with open(path, "w") as f:
        f.write("tensor,index,value\n")
        for name, values in tensors.items():
            flat = values.ravel().astype(np.float64)
            f.write(f"{name},-1,{np.sqrt((flat ** 2).mean()):.9g}\n")
            usable = np.arange(flat.size)
            if name.startswith("after."):
                gradient = np.abs(tensors["gradient." + name[6:]].ravel())
                usable = np.flatnonzero(gradient > np.sqrt((gradient ** 2).mean()) / 10)
            count = min(len(usable), 200 if name in ("latent", "output") else 16)
            for i in sorted(rng.choice(usable, count, replace=False)):
                f.write(f"{name},{i},{flat[i]:.9g}\n")


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    model = Autoencoder()
    weights = load(os.path.join(folder, "weights.safetensors"))
    model.load_state_dict({k: v for k, v in weights.items() if not k.startswith("head.")})
    pixels = np.fromfile(os.path.join(folder, "images.raw"), np.uint8).reshape(-1, 3, 64, 64)
    x = (torch.from_numpy(pixels).float() / 255 - 0.5) / 0.5
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    latent = model.encoder(x)
    output = model.decoder(latent)
    loss = torch.nn.functional.mse_loss(output, x)
    loss.backward()
    result = {"latent": latent.detach().flatten(1), "output": output.detach(),
              "loss": loss.detach().reshape(1)}
    result.update({"gradient." + k: v.grad for k, v in model.named_parameters()})
    optimiser.step()
    result.update({"after." + k: v.detach() for k, v in model.named_parameters()})
    result = {k: v.numpy() for k, v in result.items()}
    save(os.path.join(folder, "torch.safetensors"), result)
    if len(sys.argv) > 3 and sys.argv[2] == "--stored":
        store(sys.argv[3], result)


main()
