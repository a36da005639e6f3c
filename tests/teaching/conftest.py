import pytest


@pytest.fixture(scope="session")
def tokenizer():
    from engine.teaching.tokenizer import build
    from engine.teaching.vocabulary import chinese_words, sample_texts

    return build(sample_texts(count=3000), chinese_words())


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tiny matrices on several threads of a busy machine are a hundred times slower."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
