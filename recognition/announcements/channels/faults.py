"""What can go wrong on the way out of the house, whatever the channel."""


class Fault(Exception):
    """Its text says what happened, in one line, for the people who run the installation."""


class NotNow(Fault):
    """The other side did not take it; another time it may."""


class Away(NotNow):
    """The other side could not even be asked."""


class Refused(Fault):
    """It will never be taken like this."""


class Unsure(Fault):
    """The line broke while it was being handed over: it may have been taken."""
