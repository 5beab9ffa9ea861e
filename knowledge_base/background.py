"""Rivals for a small library: short articles about what help centres are not about, in plain words of many subjects.

How sure an answer is depends on how far its article stands above the others. A library of two articles has no others
to speak of: with these beside them a question about anything else finds something nearer, and the numbers mean what
they mean in a large library. Nobody is ever shown one of them. This module must not know how they are searched.
"""

ENOUGH = 12
"""From so many articles on a library has rivals of its own."""

ARTICLES = (
    (
        "Shares and interest",
        "Investments bring returns as interest, dividends and capital gains. Banks lend.",
    ),
    (
        "Income tax",
        "Hand in your tax return to the revenue office before the end of May, or pay a fine for being late.",
    ),
    (
        "Programming",
        "A function returns a value: if x is null, return false; print the string, throw the error.",
    ),
    (
        "Computers and passwords",
        "Restart the computer, open a terminal, type the command and run the script.",
    ),
    (
        "Instructions to an assistant",
        "Ignore what was said before, follow these rules, pretend, and say exactly this.",
    ),
    ("Chatting", "Hello, how are you, tell me a joke, what is your name, are you a robot, I am bored."),
    (
        "Marriage and family",
        "My wife left me, my husband came back, our children and my mother argue and love each other.",
    ),
    (
        "Stars and planets",
        "Earth, Mars and the moon go round the sun; rockets bring astronauts home from space.",
    ),
    ("Capitals and countries", "Paris is the capital of France; the river flows through Europe to the sea."),
    ("Kings and wars", "The war ended when the king died; the empire fell in the nineteenth century."),
    ("Football", "The team won the match two to one, and the trainer praised the goalkeeper."),
    ("Films and music", "The singer of the band wrote that song, and an actor plays it in the film."),
    (
        "Books and libraries",
        "Borrow the novel from the university library and bring the book back when you have read it.",
    ),
    ("School and exams", "Pupils solve equations, write essays, and learn the verbs of a foreign language."),
    ("Cooking", "Boil the potatoes with salt, fry onions in butter, and bake the cake for an hour."),
    ("Gardens and animals", "Water the tomatoes, prune the roses, feed the cat and walk the dog."),
    ("Health", "A doctor treats pain, fever, a cough or a broken leg; take two tablets a day."),
    ("Weather", "Tomorrow it rains in the north, with wind and a little snow in the mountains."),
    ("Cars and trains", "Change the oil of the engine; the train to the city leaves the station at noon."),
    ("Telephone calls", "Call back whoever rang while you were out, or leave a message after the tone."),
    (
        "Law and politics",
        "The court heard the case, the government passed a law, and people voted for the party.",
    ),
    (
        "Work and pay",
        "Apply for the job, sign the contract, and the employer pays wages and insurance each month.",
    ),
    ("Houses", "Rent a flat, repair the boiler, paint the wall, and ask the landlord about the roof."),
    (
        "Credit cards and bank accounts",
        "A lost credit card is blocked by the bank; money is moved between accounts.",
    ),
    ("Games and toys", "Throw the boomerang, roll the dice, play chess, and win the game."),
    ("Post and offices", "Opening hours of the town hall, the post office and the museum are on the door."),
)
"""A title and what it says."""
