from nlp_service.text.segment import words


def test_shop_terms_are_words() -> None:
    found = [word.text for word in words("支持七天无理由,送退货运费险,券后价99元的蓝牙耳机")]
    assert {"七天无理由", "退货运费险", "券后价", "蓝牙耳机"} <= set(found)


def test_every_word_stands_at_its_place_and_they_join_to_the_text() -> None:
    text = "亲,尿不湿 and 湿巾😊 都有货"
    found = words(text)
    assert all(text[word.start : word.end] == word.text for word in found)
    assert "".join(word.text for word in found) == text


def test_an_empty_text_has_no_words() -> None:
    assert words("") == []
