"""Programs of other people that act for a member with the member's word: OAuth 2.0 by Authlib, authorization code with PKCE."""
