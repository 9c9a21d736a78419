"""The council's dashboards and the public page of honest health: charts drawn here, with a table behind each."""
