"""Operations as in the paper, slow and obvious: what the contract kit holds the fast ones against."""
