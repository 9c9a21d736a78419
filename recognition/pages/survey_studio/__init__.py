"""The council's workshop of surveys: written, agreed, let go. No number of an open survey is shown here, as nowhere."""
