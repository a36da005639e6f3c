"""The page “Why”: evidence for what made an answer."""
