"""Operations by their published formulas, slow and obvious, for the contract kit to compare with."""
