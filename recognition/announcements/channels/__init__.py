"""Ways on which a word reaches a member outside this site; one file each."""
