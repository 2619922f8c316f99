"""Callbacks for training frameworks. Each module imports its framework, and is imported only when it is used.

    from whirr.integrations.transformers import WhirrCallback   # Hugging Face Trainer
    from whirr.integrations.lightning import WhirrLogger        # PyTorch Lightning
    from whirr.integrations.keras import WhirrCallback          # Keras
"""
