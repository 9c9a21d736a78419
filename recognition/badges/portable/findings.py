"""What a check found, in whole sentences for people: what it means, and what to do where something can be done."""

from flask_babel import lazy_gettext

from recognition.openbadges.checking.report import Finding

SENTENCES: dict[str, object] = {
    # It holds.
    "hosted_ok": lazy_gettext("The issuer's own site confirms this badge."),
    "signature_ok": lazy_gettext("The signature fits: nothing was changed since it was signed."),
    "issuer_ok": lazy_gettext("It comes from this issuer. Look whether that is who you expect."),
    "status_ok": lazy_gettext("The issuer has not taken it back."),
    "dates_ok": lazy_gettext("Today lies within its dates."),
    "recipient_ok": lazy_gettext("It was given to the owner of this e-mail address."),
    "endorsement_ok": lazy_gettext("Somebody vouches for it in words of their own, and nobody changed these."),
    # What it is, and what is worth knowing.
    "is_v2_hosted": lazy_gettext("This is an Open Badges 2.0 badge: what counts is what its issuer’s site says of it."),
    "is_v2_signed": lazy_gettext("This is an Open Badges 2.0 badge with a signature."),
    "is_v3_proof": lazy_gettext("This is an Open Badges 3.0 badge with its proof inside."),
    "is_v3_jwt": lazy_gettext("This is an Open Badges 3.0 badge as a signed token (JWT)."),
    "is_picture": lazy_gettext("What was handed in is a picture."),
    "is_address": lazy_gettext("What was handed in is an address."),
    "picture_compressed": lazy_gettext("The badge is packed inside the picture, which some other programs cannot read."),
    "picture_legacy": lazy_gettext("The picture carries its badge in the way of the oldest badges: as an address only."),
    "picture_trailing": lazy_gettext("After the end of the picture there is more, which was not looked at."),
    "picture_foreign": lazy_gettext(
        "When it is shown, the picture fetches parts from elsewhere, so it may look different tomorrow."
    ),
    "picture_both": lazy_gettext("The picture carries the badge in both editions of the format; what is shown is the newer one."),
    "versions_other": lazy_gettext(
        "The older edition in the same picture is a badge of another name, which older programs show instead of this one."
    ),
    "posted_differs": lazy_gettext(
        "What you handed in says something else than the issuer’s site. What is shown here is what the site says."
    ),
    "plain_http": lazy_gettext("This site answers without encryption, so somebody on the way could have changed its answer."),
    "several_proofs": lazy_gettext("It carries more than one proof. Each one that can be checked has to hold."),
    "proof_extra": lazy_gettext("It also carries a proof of a kind that is not checked here; that proof was left aside."),
    "key_by_origin": lazy_gettext("The issuer's profile names no key, so the key was taken from the same site."),
    "status_none": lazy_gettext("It says nowhere how it could be taken back, so nobody can tell whether it was."),
    "status_index_number": lazy_gettext(
        "Its place in the list of what was taken back is written as a number; that means the same."
    ),
    "recipient_unasked": lazy_gettext(
        "Whose it is was not checked. Give the e-mail address of its holder, and it will be compared."
    ),
    "recipient_none": lazy_gettext("It names no e-mail address, so whose it is cannot be compared."),
    "versions_unsure": lazy_gettext(
        "The older edition of the badge in the same picture could not be confirmed now. The newer one is judged by itself."
    ),
    "refresh_named": lazy_gettext(
        "Its issuer names an address where a newer issue of it may be had; that address was not asked."
    ),
    "endorsement_unsure": lazy_gettext("Somebody's words about it could not be checked; do not count on them."),
    "endorsement_extra": lazy_gettext("It carries more words of others than are checked at one time."),
    "endorsement_false": lazy_gettext(
        "Words about it that carry somebody's name are not theirs, or not about this badge. Ignore them."
    ),
    # What it says and nothing proves.
    "issuer_key": lazy_gettext(
        "Its issuer is named by a key alone and by no address. Anybody can make such a key and write any name beside it."
    ),
    "issuer_elsewhere": lazy_gettext(
        "The web page that it names for its issuer is on another site than the one that was asked. Nothing proves that they "
        "belong together."
    ),
    "issuer_same_name": lazy_gettext("Its issuer has the name of this house and is another one. Look at the issuer’s address."),
    "issuer_pretends": lazy_gettext("It names a page of this house as its issuer’s, and it was not given here."),
    "recipient_unlike": lazy_gettext(
        "It names no e-mail address, so whether it was given to the one that you gave cannot be compared."
    ),
    # It cannot be told now: an address.
    "fetch_address": lazy_gettext("This address cannot be read. Look for a typing error."),
    "fetch_scheme": lazy_gettext("Only addresses that begin with https:// or http:// are asked."),
    "fetch_credentials": lazy_gettext("This address contains a user name or password. Such addresses are never asked."),
    "fetch_port": lazy_gettext("This address leads to a port where no web sites are, so it was not asked."),
    "fetch_private": lazy_gettext(
        "This address leads into a closed network or to this machine itself, so it was not asked. Check the badge from within."
    ),
    "fetch_downgrade": lazy_gettext("This address leads from an encrypted to an unencrypted site, so it was not followed."),
    "fetch_name": lazy_gettext("Nobody knows a site by this name. If it is spelled right, the site may be gone."),
    "fetch_connection": lazy_gettext("This site does not answer. Try again later."),
    "fetch_certificate": lazy_gettext("This site cannot prove who it is: its certificate is not valid. Tell whoever runs it."),
    "fetch_slow": lazy_gettext("This site takes too long to answer. Try again later."),
    "fetch_large": lazy_gettext("This site answers with more than any badge needs, so reading was stopped."),
    "fetch_redirects": lazy_gettext("This site sends its readers on again and again, so it was not followed."),
    "fetch_garbled": lazy_gettext("What this site answers makes no sense. Try again later, or tell whoever runs it."),
    "fetch_status": lazy_gettext("This site has no answer at this address. The number says why."),
    "fetch_budget": lazy_gettext("This badge names more addresses than are asked for one badge, so not all were."),
    "fetch_content": lazy_gettext("What is at this address is not the document that it should be."),
    "moved_elsewhere": lazy_gettext(
        "This site sends its readers on to another one, which cannot speak for it. Ask the issuer for the badge's new address."
    ),
    "badge_unreachable": lazy_gettext("Where the badge should be, it could not be had. Try again later, or ask its issuer."),
    "class_unreachable": lazy_gettext("What this badge stands for could not be had from its issuer. Try again later."),
    "issuer_unreachable": lazy_gettext(
        "The issuer's keys or profile could not be had, so nobody can tell whose badge it is. Try again later."
    ),
    "issuer_plain": lazy_gettext(
        "Its issuer's site answers with encryption, and this badge came without: somebody on the way could have made it up."
    ),
    "issuer_method": lazy_gettext(
        "The issuer is named in a way that does not say where its keys are. Ask the issuer how to check it."
    ),
    "badge_missing": lazy_gettext(
        "There is no such public badge here. Its holder may have hidden it, or its address has a typing error."
    ),
    # It cannot be told here.
    "key_kind": lazy_gettext("It was signed with a kind of key that cannot be checked here. Try another verifier."),
    "picture_several": lazy_gettext(
        "The picture carries several badges of one kind, and only the first was looked at. Ask for a picture with one."
    ),
    "context_unknown": lazy_gettext(
        "It uses a vocabulary that is not known here, so its signature cannot be checked. Try another verifier."
    ),
    "proof_suite": lazy_gettext(
        "Its proof is of a kind that cannot be checked here. Try another verifier, or ask for a newer issue."
    ),
    "jwt_alg_other": lazy_gettext("It was signed in a way that cannot be checked here. Try another verifier."),
    "date_broken": lazy_gettext("A date in it cannot be understood, or lacks its time zone. Its issuer has to mend that."),
    "too_much_work": lazy_gettext("It is built in so tangled a way that checking it was given up. No honest badge has to be."),
    "status_unreachable": lazy_gettext("The list of what was taken back could not be had, so it may have been. Try again later."),
    "status_kind": lazy_gettext("It names a list of what was taken back of a kind that cannot be read here. Ask its issuer."),
    "status_broken": lazy_gettext(
        "The list of what was taken back is damaged, so this badge may be on it. Its issuer has to mend that."
    ),
    "status_issuer": lazy_gettext("The list of what was taken back is from somebody else than the issuer, so it says nothing."),
    "status_other": lazy_gettext("Where the list of what was taken back should be, there is another one. Ask its issuer."),
    "status_purpose": lazy_gettext(
        "The list that it names is for something else than taking badges back. Its issuer has to mend that."
    ),
    "status_short": lazy_gettext(
        "The list of what was taken back is shorter than the standard allows. Its issuer has to mend that."
    ),
    "status_expired": lazy_gettext(
        "The list of what was taken back is out of date, so this badge may be on the newer one. Try again later."
    ),
    "status_index": lazy_gettext("Its place in the list of what was taken back does not exist. Its issuer has to mend that."),
    "status_signature": lazy_gettext(
        "The list of what was taken back is not really from the issuer: its signature does not fit."
    ),
    "stumbled": lazy_gettext(
        "This program made a mistake over this badge. That says nothing about the badge; tell whoever runs this site."
    ),
    # It cannot be read.
    "nothing": lazy_gettext("There is nothing in it. Choose a file, or paste an address or a text."),
    "too_large": lazy_gettext("It is larger than any badge needs to be, so it was not read."),
    "not_text": lazy_gettext(
        "This is neither a picture that can carry a badge (PNG or SVG) nor a text. Take the file as its issuer gave it out."
    ),
    "not_a_badge": lazy_gettext(
        "This is no badge. An address has to lead to the badge itself and not to a page about it; look there for a download."
    ),
    "json_broken": lazy_gettext(
        "The text of the badge is damaged: it is no valid JSON. Copy it again, from its first to its last sign."
    ),
    "json_deep": lazy_gettext("The text of the badge is nested deeper than any badge needs to be, so it was not read."),
    "json_duplicate": lazy_gettext("The badge says the same thing twice and differently, so two readers would see two badges."),
    "json_number": lazy_gettext("The badge contains a number that is none, or that is too large to be one."),
    "json_surrogate": lazy_gettext("The badge contains signs that are no characters, so readers would see different texts."),
    "jwt_broken": lazy_gettext("The signed token is damaged. Copy it again, with all three parts and both dots."),
    "picture_broken": lazy_gettext(
        "The picture is damaged, so no badge can be read from it. Ask for the file as its issuer gave it out."
    ),
    "picture_entities": lazy_gettext(
        "The picture defines entities of its own, with which it could show anything. It was not read."
    ),
    "picture_script": lazy_gettext(
        "The picture contains a program, which no badge needs and which could show something else than the badge. Do not open it."
    ),
    "picture_empty": lazy_gettext(
        "The picture carries no badge. Messengers and drawing programs often lose it; ask for the file as its issuer gave it out."
    ),
    # It is not what it says.
    "jwt_header": lazy_gettext("The token asks for something at its beginning that no badge may ask for."),
    "jwt_alg_none": lazy_gettext("The token is not signed at all, so anybody can have written it."),
    "jwt_alg_secret": lazy_gettext("The token is signed with a shared secret instead of the issuer's key, so it proves nothing."),
    "jwt_contradicts": lazy_gettext("The token says one thing in its claims and another in the badge."),
    "jwk_foreign": lazy_gettext(
        "The token brings along its own key, and that is none of the issuer's keys: somebody else signed it."
    ),
    "kid_foreign": lazy_gettext("The token names a key that is none of the issuer's keys: somebody else signed it."),
    "versions_differ": lazy_gettext("The older edition of the badge in the same picture is not in order."),
    "field_missing": lazy_gettext("Something that every badge must say is missing in it."),
    "field_wrong": lazy_gettext("Something in it is not what it must be in a badge."),
    "context_wrong": lazy_gettext("It does not name the vocabulary of Open Badges, so its words mean nothing."),
    "undefined_term": lazy_gettext(
        "It contains a word that its vocabulary does not define and no signature protects: anybody can have added it."
    ),
    "dates_reversed": lazy_gettext("It ends before it begins."),
    "no_proof": lazy_gettext("It carries no proof, so anybody can have written it."),
    "not_signed": lazy_gettext(
        "It says that it is signed, but what you have is its text without the signature. Ask for the signed file."
    ),
    "too_many_proofs": lazy_gettext("It carries more proofs than any badge needs, so none was checked."),
    "proof_broken": lazy_gettext("Its proof is damaged, so it proves nothing."),
    "proof_purpose": lazy_gettext("Its proof was made for another purpose than to state something."),
    "signature_bad": lazy_gettext(
        "The signature does not fit: the badge was changed after it was signed, or somebody else signed it."
    ),
    "key_foreign": lazy_gettext("It was signed with the key of somebody else than the issuer it names."),
    "key_unlisted": lazy_gettext("It was signed with a key that its issuer does not publish as its own."),
    "key_withdrawn": lazy_gettext("Its issuer withdrew the key that it was signed with. Ask for a newer issue."),
    "key_broken": lazy_gettext("The key that its issuer publishes is damaged. Tell the issuer."),
    "issuer_other": lazy_gettext("At the issuer's address somebody else answers."),
    "issuer_broken": lazy_gettext("Its issuer has no address where it says who it is."),
    "issuer_origin": lazy_gettext("It is kept on a site that its issuer does not speak from, so it is not the issuer's."),
    "class_other": lazy_gettext("At the address of what it stands for there is something else."),
    "class_broken": lazy_gettext("It does not say in a proper way what it stands for."),
    "class_origin": lazy_gettext("What it stands for is described on a site that its issuer does not speak from."),
    "hosted_other": lazy_gettext("At the badge's own address there is another badge."),
    "recipient_other": lazy_gettext("It was given to somebody else: none of the addresses in it is this one."),
    "revoked": lazy_gettext("Its issuer took it back. It no longer counts."),
    "suspended": lazy_gettext("Its issuer suspended it: it does not count at present, and may count again."),
    "expired": lazy_gettext("Its time is over. Ask its holder for a newer one."),
    "not_yet": lazy_gettext("Its time has not begun."),
}


def sentence(finding: Finding) -> str:
    """Without the detail, which is from a stranger: show it beside."""
    return str(SENTENCES[finding.code])
