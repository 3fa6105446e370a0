"""The English catalogue: key -> sentence. Files by what the sentences are about; a key stands in one of them."""

from OrthoDiffusionLib.messages.parts import sentences_in

SENTENCES = sentences_in(__name__, __path__)
