from channels.instagram.signature import sign, verify

BODY = b'{"object":"instagram","entry":[]}'
SECRET = "ig_secret_test"
SIGNED = "sha256=b86323ff7693ca87f6093a47db2133eebf15e84d9e6e75529fae67c0408973dd"


def test_a_body_signed_with_the_app_secret_is_believed() -> None:
    assert sign(BODY, SECRET) == SIGNED
    assert verify(BODY, SIGNED, [SECRET])


def test_any_of_several_secrets_may_have_signed() -> None:
    assert verify(BODY, SIGNED, ["another", SECRET])
    assert verify(BODY, SIGNED, [SECRET, "another"])


def test_one_changed_byte_is_not_believed() -> None:
    assert not verify(BODY + b" ", SIGNED, [SECRET])
    assert not verify(BODY, SIGNED[:-1] + "e", [SECRET])


def test_without_secrets_nothing_is_believed() -> None:
    assert not verify(BODY, SIGNED, [])


def test_an_empty_secret_would_let_anyone_sign_so_it_matches_nothing() -> None:
    assert not verify(BODY, sign(BODY, ""), ["", SECRET])


def test_a_missing_or_odd_header_is_no_error_and_no_match() -> None:
    for header in (None, "", "sha256=", SIGNED.removeprefix("sha256="), "sha256=ü", SIGNED.upper()):
        assert not verify(BODY, header, [SECRET])


def test_sha1_is_not_accepted() -> None:
    assert not verify(BODY, "sha1=9b1c2f0f3c2d7c9d2f4f6a3d7a5b8e1c0d9f8e7a", [SECRET])
