"""小さな計算のための、スレッドの数の決め方。"""

import contextlib

import torch


@contextlib.contextmanager
def one_thread():
    """CPU のスレッドを 1 本にする。これほど小さな計算では、本数を増やすと待ち合わせのほうが長くなる。"""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
