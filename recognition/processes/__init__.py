"""The parts of the running program as processes: started together, kept alive, stopped in order, none left behind."""
