#!/usr/bin/python3
"""Trains a small neural network on real handwritten digits, in plain numpy.

The data are the 1,797 scanned digits of 8 x 8 pixels that scikit-learn ships (from the UCI repository: Alpaydin and Kaynak, 1998).
Each epoch prints one line and logs its loss and its accuracy to the run: that of the job when whirr runs it, else one of its own.
"""

import argparse
import sys
import time

import numpy as np
from sklearn.datasets import load_digits

import whirr


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--hidden", type=int, default=96, help="units of the hidden layer")
    parser.add_argument("--batch", type=int, default=32, help="samples a step")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    run = whirr.init(config=vars(args))
    rng = np.random.default_rng(args.seed)
    pixels, labels = load_digits(return_X_y=True)
    order = rng.permutation(len(pixels))
    pixels, labels = pixels[order] / 16.0, labels[order]
    train, test = slice(0, 1400), slice(1400, None)
    print(f"{len(pixels[train])} digits to train on, {len(pixels[test])} to test on; lr {args.lr}, {args.hidden} hidden units", flush=True)

    w1 = rng.normal(0, np.sqrt(2 / 64), (64, args.hidden))
    b1 = np.zeros(args.hidden)
    w2 = rng.normal(0, np.sqrt(2 / args.hidden), (args.hidden, 10))
    b2 = np.zeros(10)

    def forward(x):
        hidden = np.maximum(x @ w1 + b1, 0)
        logits = hidden @ w2 + b2
        exp = np.exp(logits - logits.max(axis=1, keepdims=True))
        return hidden, exp / exp.sum(axis=1, keepdims=True)

    for epoch in range(1, args.epochs + 1):
        began = time.perf_counter()
        losses = []
        for batch in np.array_split(rng.permutation(1400), 1400 // args.batch):
            x, y = pixels[batch], labels[batch]
            hidden, prob = forward(x)
            losses.append(-np.log(prob[np.arange(len(y)), y] + 1e-12).mean())
            delta = prob
            delta[np.arange(len(y)), y] -= 1
            delta /= len(y)
            back = (delta @ w2.T) * (hidden > 0)
            w2 -= args.lr * (hidden.T @ delta)
            b2 -= args.lr * delta.sum(axis=0)
            w1 -= args.lr * (x.T @ back)
            b1 -= args.lr * back.sum(axis=0)

        accuracy = float((forward(pixels[test])[1].argmax(axis=1) == labels[test]).mean())
        loss = float(np.mean(losses))
        run.log({"loss": loss, "test_accuracy": accuracy}, step=epoch)
        print(f"epoch {epoch:3d}  loss {loss:.4f}  test accuracy {accuracy:.3f}  {1000 * (time.perf_counter() - began):.0f} ms", flush=True)

    run.summary({"test_accuracy": accuracy, "loss": loss})
    print(f"final test accuracy {accuracy:.3f}")
    return 0 if accuracy > 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
