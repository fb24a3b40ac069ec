//! Bodies that are too large, too deep, or no JSON.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{assert_clean, body, good_request, good_stamp, outcomes};
use crate::attack::ground::{EXCHANGE, Ground, Sender, WRITTEN_MS, answer};
use crate::wire::{particle, setting, uuid};

const MIB: usize = 1024 * 1024;

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

fn nested_objects(levels: usize) -> String {
    format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels))
}

#[rstest]
#[case::deep(10_000)]
#[case::deeper(100_000)]
#[case::deepest(1_000_000)]
#[tokio::test]
async fn nesting_without_end_is_refused_and_the_next_request_answered(#[case] levels: usize) {
    let ground = Ground::start().await;
    let before = ground.dump(Some(&ground.owner)).await;
    let request = good_request(WRITTEN_MS).to_string();
    for deep in [nested(levels), nested_objects(levels), "[".repeat(levels)] {
        let bodies = [
            deep.clone(),
            format!(r#"{{"request": {deep}}}"#),
            request.replace(r#""Read""#, &deep),
            request.replace(r#"{"minutes":[25,5]}"#, &deep),
            request.replace(&format!("\"{}\"", uuid(21)), &deep),
        ];
        for body in bodies {
            assert!(body.len() >= levels, "it is in there");
            ground.hostile(body).await;
        }
        ground.assert_answers().await;
    }
    assert_eq!(ground.dump(Some(&ground.owner)).await, before);
}

#[rstest]
#[case(64, "applied")]
#[case(65, "settings_value_depth")]
#[case(1_000, "settings_value_depth")]
#[case(3_000, "settings_value_depth")]
#[tokio::test]
async fn nesting_that_postgresql_can_read_gets_a_verdict(
    #[case] levels: usize,
    #[case] expected: &str,
) {
    let ground = Ground::start().await;
    // So far ahead that no rows come back: this test could not read them.
    let request = good_request(WRITTEN_MS).to_string();
    let request = request.replace(r#""since":"0""#, r#""since":"999999999999999999""#);
    let value = request.replace(r#"{"minutes":[25,5]}"#, &nested(levels));
    let answer = ground.hostile(value).await;
    assert_eq!(outcomes(&answer)[3], expected);
    for place in [r#""Read""#, r#""Book""#, r#""open""#] {
        let answer = ground
            .hostile(request.replace(place, &nested(levels)))
            .await;
        assert!(
            outcomes(&answer).contains(&"wrong_type".to_owned()),
            "{answer:?}"
        );
    }
    let id = format!("\"id\":\"{}\"", uuid(21));
    let answer = ground
        .hostile(request.replace(&id, &format!("\"id\":{}", nested(levels))))
        .await;
    assert_eq!(outcomes(&answer)[1], "malformed");
}

/// The limit is 2 MiB for a request, and what the gateway reads at most for a body.
#[rstest]
#[case::beyond_the_request(3 * MIB, "PT413")]
#[case::ten(10 * MIB, "PT413")]
#[case::beyond_the_gateway(40 * MIB, "")]
#[case::a_hundred(100 * MIB, "")]
#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_the_next_request_answered(
    #[case] bytes: usize,
    #[case] code: &str,
) {
    let ground = Ground::start().await;
    let change = particle(1, &"x".repeat(bytes), &good_stamp());
    let answer = ground.hostile(body(&[change])).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, code),
        "{}",
        answer.text
    );
    ground.assert_answers().await;
}

#[tokio::test]
async fn a_request_of_one_change_too_many_is_refused_whole() {
    let ground = Ground::start().await;
    let changes: Vec<Value> = (0..1001).map(|n| particle(n, "", &good_stamp())).collect();
    let answer = ground.hostile(body(&changes)).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (413, "PT413"),
        "{answer:?}"
    );
    let answer = ground.hostile(body(&changes[1..])).await;
    assert!(outcomes(&answer).iter().all(|outcome| outcome == "applied"));
    assert_eq!(outcomes(&answer).len(), 1000);

    let nothing = vec![json!(null); 1001];
    assert_eq!(ground.hostile(body(&nothing)).await.status, 413);
    let answer = ground.hostile(body(&nothing[1..])).await;
    assert!(
        outcomes(&answer)
            .iter()
            .all(|outcome| outcome == "malformed")
    );
}

#[rstest]
#[case::nothing(b"")]
#[case::a_blank(b" ")]
#[case::half(br#"{"request": {"protocol": 1"#)]
#[case::more(br#"{"request": null} {}"#)]
#[case::a_comment(br#"{"request": null /* */}"#)]
#[case::a_trailing_comma(br#"{"request": null,}"#)]
#[case::single_quotes(b"{'request': null}")]
#[case::invalid_utf8(b"{\"request\": \"\xff\xfe\"}")]
#[case::overlong_utf8(b"{\"request\": \"\xc0\xaf\"}")]
#[case::surrogate_in_utf8(b"{\"request\": \"\xed\xa0\x80\"}")]
#[case::half_a_character(b"{\"request\": \"\xf0\x9f\x98\"}")]
#[case::raw_nul(b"{\"request\": \"\0\"}")]
#[case::raw_nul_between(b"{\"request\":\0null}")]
#[case::raw_newline(b"{\"request\": \"\n\"}")]
#[case::byte_order_mark(b"\xef\xbb\xbf{\"request\": null}")]
#[case::utf16(b"{\0}\0")]
#[case::lone_surrogate(br#"{"request": {"protocol": 1, "since": "\ud800"}}"#)]
#[case::turned_surrogates(br#"{"request": {"protocol": 1, "since": "\udc00\ud800"}}"#)]
#[case::escaped_nul(br#"{"request": {"protocol": 1, "since": "0", "epoch": "\u0000"}}"#)]
#[case::escaped_nul_in_a_name(br#"{"request": {"protocol": 1, "\u0000": "0"}}"#)]
#[case::escaped_nul_in_an_argument(br#"{"request\u0000": {}}"#)]
#[case::half_an_escape(br#"{"request": "\u12"}"#)]
#[case::nan(br#"{"request": NaN}"#)]
#[case::a_word(b"request")]
#[case::form(b"request=1&protocol=1")]
#[case::the_request_as_text(br#"{"request": "{\"protocol\": 1}"}"#)]
#[case::a_list(br#"[{"request": null}]"#)]
#[case::two_lists(br#"[{"request": null}, {"request": {}}]"#)]
#[tokio::test]
async fn what_is_no_request_is_refused(#[case] text: &[u8]) {
    let ground = Ground::start().await;
    let answer = ground.hostile(text).await;
    assert!(matches!(answer.status, 400 | 404), "{answer:?}");
    ground.assert_answers().await;
}

/// JSON leaves open which of two values of one name counts; PostgreSQL takes the last.
#[tokio::test]
async fn of_a_name_that_stands_twice_one_value_counts_everywhere() {
    let ground = Ground::start().await;
    let good = body(&[setting("key", &json!(1), &good_stamp())]);
    let doubled = good.replace(r#""id":"key""#, r#""id":"first","id":"second""#);
    let answer = ground.hostile(doubled).await;
    assert_eq!(
        answer.json()["verdicts"][0]["id"],
        "second",
        "what is echoed is what was written"
    );
    assert_eq!(outcomes(&answer), ["applied"]);

    let twice = good.replacen('{', r#"{"request": {"protocol": 9},"#, 1);
    assert_eq!(outcomes(&ground.hostile(twice).await), ["applied"]);
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let ground = Ground::start().await;
    let before = ground.dump(None).await;
    let good = body(&[particle(1, "", &good_stamp())]);
    let types = [
        "text/plain",
        "text/csv",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/octet-stream",
        "application/vnd.pgrst.object+json-x",
        "\u{fe}",
        "",
    ];
    for kind in types {
        let bearer = Sender::Bearer(&ground.other.token);
        let request = ground
            .request(bearer, Method::POST, EXCHANGE)
            .body(good.clone());
        let answer = answer(request.header("Content-Type", kind)).await;
        assert_clean(&answer, kind);
    }
    assert_eq!(ground.dump(None).await, before);
    ground.assert_answers().await;
}
