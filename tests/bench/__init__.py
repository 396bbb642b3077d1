"""同じ原稿を、動く数式ノートと、ほかの道具で組み、CPU とメモリを比べる。

corpus が原稿を、writers がそれぞれの書き方を、peers が道具を定め、scenario が組んで measure が測り、table が並べる。
"""
