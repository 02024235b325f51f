"""Query strings in PHP's bracket form (api-v4.md 2.6 to 2.9)."""

from urllib.parse import parse_qsl, quote

from hypothesis import given
from hypothesis import strategies as st

from grantway.asgi.query import MAX_PAIRS, Query, page_links


def query(text: str, **options: int) -> Query:
    return Query(text.encode(), **options)


def wholes(text: str, name: str = "id") -> list[int] | None:
    node = query(text).filter(name)
    return None if node is None else node.wholes()


def test_forms_of_a_filter() -> None:
    table = {
        "filter[id]=1": [1],
        "filter[id][]=1&filter[id][]=2": [1, 2],
        "filter[id][0]=1&filter[id][1]=2": [1, 2],
        "filter[id][0]=1&filter[id][0]=2": [1, 2],
        "filter%5Bid%5D%5B%5D=1&filter%5Bid%5D%5B%5D=2": [1, 2],
        "filter[id]=1,2,3": [1, 2, 3],
        "filter[id]=1%2C2": [1, 2],
        "filter[id]= 1 , x ,2": [1, 2],
        "filter[id]=-5": [-5],
        "filter[id]=": [],
        "filter[id]=abc": [],
        "filter[id]=1.5": [],
        "filter[id]=1e3": [],
        "filter[id]=" + "9" * 19: [],
        "filter[other]=1": None,
        "filter=1": None,
        "filter[id": None,
        "filterx[id]=1": None,
    }
    assert {text: wholes(text) for text in table} == table


def test_ranges() -> None:
    table = {
        "filter[at][from]=1&filter[at][to]=2": (1, 2),
        "filter[at][from]=1": (1, None),
        "filter[at][to]=2": (None, 2),
        "filter[at][from]=x&filter[at][to]=2": (None, 2),
        "filter[at][from]=1&filter[at][from]=3": (3, None),
        "filter[at]=1": None,
        "filter[at][from]=": None,
    }
    for text, expected in table.items():
        node = query(text).filter("at")
        assert node is not None
        assert node.whole_range() == expected, text


def test_pages_and_limits() -> None:
    table = {
        "": (1, 50),
        "page=3&limit=10": (3, 10),
        "page=0&limit=0": (1, 50),
        "page=-1&limit=-1": (1, 50),
        "page=x&limit=x": (1, 50),
        "page=1.0&limit=1.0": (1, 50),
        "limit=251": (1, 250),
        "limit=999999999999999999": (1, 250),
        "page=999999999999999999": (10**9, 50),
        "page=2&page=3": (3, 50),
    }
    for text, expected in table.items():
        one = query(text)
        assert (one.page, one.limit) == expected, text
    assert query("", max_limit=20).limit == 20
    assert query("limit=30", max_limit=20).limit == 20
    assert query("page=3&limit=20").offset == 40


def test_words_and_orders() -> None:
    assert query("with=a,b&with[]=c%2C d").with_ == {"a", "b", "c", "d"}
    assert query("order[a]=asc&order[b]=DESC&order[c]=x").order() == [("a", False), ("b", True)]
    assert query("order=id").order() == []
    assert query("query=a+b%20c%00").text("query") == "a b c"
    assert query("query=a&query=b").text("query") == "b"
    assert Query("query=größe".encode()).text("query") == "größe"
    assert Query(b"query=\xff").text("query") == "\ufffd"


def test_no_more_pairs_than_the_most_are_read() -> None:
    many = query("&".join(f"filter[i]={n % 9}" for n in range(MAX_PAIRS + 500)))
    node = many.filter("i")

    assert node is not None
    assert len(node.texts()) == MAX_PAIRS


def test_links_keep_the_query() -> None:
    one = query("filter[name]=a%26b&page=2&with=x&limit=5")
    links = page_links("https://acme.kommo.com/api/v4/leads", one, more=True, last=9)
    shown = {name: link["href"].partition("?")[2] for name, link in links.items()}

    assert {name: parse_qsl(text) for name, text in shown.items()} == {
        name: [("filter[name]", "a&b"), ("with", "x"), ("page", str(page)), ("limit", "5")]
        for name, page in {"self": 2, "next": 3, "first": 1, "prev": 1, "last": 9}.items()
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_read(raw: bytes) -> None:
    one = Query(raw)

    assert one.page >= 1
    assert 1 <= one.limit <= 250
    one.address(2).encode()


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=5))
def test_what_is_written_is_read(pairs: dict[str, str]) -> None:
    usable = {
        name.replace("\0", ""): value.replace("\0", "")
        for name, value in pairs.items()
        if name.replace("\0", "") and not set(name) & set("[]") and name not in {"page", "limit"}
    }
    one = query("&".join(f"{quote(name)}={quote(value)}" for name, value in usable.items()))

    assert {name: one.text(name) for name in usable} == usable


def test_names_deeper_than_any_filter_are_ignored() -> None:
    deep = query("filter[id]" + "[]" * 4_000 + "=1&filter[id][]=2&with" + "[]" * 4_000 + "=x")
    node = deep.filter("id")

    assert node is not None
    assert node.wholes() == [2]
    assert deep.with_ == frozenset()


def test_a_value_that_comes_often_counts_once() -> None:
    node = query("filter[id]=3,1,3&filter[id]=1").filter("id")

    assert node is not None
    assert node.wholes() == [3, 1]
