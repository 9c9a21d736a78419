"""The verbs of quests: walking, answering, reading what others wrote, publishing."""
