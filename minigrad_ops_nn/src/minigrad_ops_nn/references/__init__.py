"""Operations as in the paper, slow and obvious: the contract kit compares the fast ones with them."""
