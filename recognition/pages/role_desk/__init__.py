"""The council's desk for roles: what is written about each, how one comes to it, and who asks for one."""
