"""The words in front of a number that tell what it is, found by spaCy's matcher.

Only numbers that say nothing by themselves are asked about, so spaCy is loaded when the first of them comes.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

CUES = {
    "phone": """
        phone|phones|telephone|tel|mobile|mob|cell|cellphone|landline|call|calls|calling|ring|
        dial|text me|sms|whatsapp|wa me|fax|hotline|reach me|reach us|contact|message|messages|
        messaged|texted|answer|answers|answering|my number|ph|telefon|telefonnummer|handy|
        handynummer|mobil|mobilnummer|rufnummer|anrufen|rufen|erreichbar|téléphone|portable|
        appelez|appeler|appelle|joindre|teléfono|telefono|móvil|llame|llamar|llamarme|llámame|
        cellulare|chiamare|chiamami|telefoon|telefoonnummer|gsm|gsmnummer|mobiel|bel|bellen|
        telemóvel|telefone|celular|telefonu|komórka|zadzwoń|mobiltelefon|puhelin
    """,
    "order": """
        order|orders|purchase|booking|reservation|bestellung|bestellnummer|auftrag|commande|pedido|
        ordine|bestelling|bestelnummer|zamówienie|beställning|bestilling|ordrenummer
    """,
    "card": """
        card|cards|visa|mastercard|amex|american express|maestro|discover|diners|credit|debit|cc|
        kreditkarte|karte|kreditkartennummer|kartennummer|carte|tarjeta|carta|kaart|kreditkort|
        cartão
    """,
    "other": """
        invoice|tracking|track|parcel|package|shipment|sku|ean|upc|isbn|barcode|article|item|
        product|model|serial|ref|reference|ticket|case|zip|postcode|postal|plz|account|iban|
        bic|vat|tax|ssn|social security|licence|license|passport|id|member|customer|code|pin|
        version|build|imei|ip|total|price|amount|value|box|points|year|born|error|job|
        licence number|rechnung|rechnungsnummer|sendung|sendungsnummer|artikel|artikelnummer|
        kundennummer|facture|colis|suivi|factura|envío|fattura|factuur|pakket|artikelnr|paczka|
        faktura
    """,
}
"""Kind by kind, in the languages that our customers write; parted by |."""


@lru_cache(maxsize=1)
def _matcher() -> "tuple[Vocab, PhraseMatcher]":
    import spacy
    from spacy.matcher import PhraseMatcher

    vocab = spacy.blank("en").vocab
    matcher = PhraseMatcher(vocab, attr="LOWER")
    for kind, listed in CUES.items():
        matcher.add(kind, [_doc(vocab, phrase.split()) for phrase in listed.split("|")])
    return vocab, matcher


def _doc(vocab: "Vocab", words: list[str]) -> "Doc":
    from spacy.tokens import Doc

    return Doc(vocab, words=words)


@lru_cache(maxsize=1024)
def cue_of(words: str) -> str:
    """Return the kind that the last telling word or phrase of `words` (lower case, parted by spaces) names, or ""."""
    vocab, matcher = _matcher()
    matches = matcher(_doc(vocab, words.split()))
    if not matches:
        return ""
    kind, _, _ = max(matches, key=lambda match: (match[2], match[2] - match[1]))
    return str(vocab.strings[kind])
