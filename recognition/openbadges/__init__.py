"""The formats of Open Badges 2.0 and 3.0 alone: proofs, tokens, status bits, identities, baking, fetching and checking.

Knows no member, badge or page, so that the same lines serve the issuer, the checker and the command line.
"""
