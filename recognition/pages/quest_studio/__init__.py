"""The council's quest studio: quests written, tried out, published and looked after in the browser."""
