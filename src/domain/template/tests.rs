//! The laws of templates.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn variables(value: serde_json::Value) -> Variables {
    Variables::from_json(&serde_json::from_value(value).unwrap())
}

#[test]
fn values_are_escaped_in_html_only() {
    let variables = variables(json!({"x": "<b>&"}));

    assert_eq!(render("{{ x }}", Escape::Html, &variables).unwrap(), "&lt;b&gt;&amp;");
    assert_eq!(render("{{ x }}", Escape::Off, &variables).unwrap(), "<b>&");
}

#[test]
fn only_what_html_means_is_escaped() {
    let variables = variables(json!({"x": "<a href=\"/b\">'&", "n": 1.5, "none": null}));
    let escaped = "&lt;a href=&quot;/b&quot;&gt;&#39;&amp;";

    for source in ["{{ x }}", "{{ x|e }}", "{{ x|escape }}", "{{ x|e|e }}", "{{ x|e|safe }}"] {
        assert_eq!(render(source, Escape::Html, &variables).unwrap(), escaped, "{source}");
    }
    assert_eq!(render("{{ x|e }}", Escape::Off, &variables).unwrap(), escaped, "a filter asked for is applied");
    assert_eq!(render("{{ x|safe }}", Escape::Html, &variables).unwrap(), "<a href=\"/b\">'&");
    assert_eq!(render("{{ n }} {{ none }} {{ true }}", Escape::Html, &variables).unwrap(), "1.5 None True");
    assert!(render("{{ absent|e }}", Escape::Html, &variables).is_err());
}

#[test]
fn a_trailing_newline_stays() {
    assert_eq!(render("{{ 1 }}\n\n", Escape::Off, &variables(json!({}))).unwrap(), "1\n\n");
}

#[test]
fn a_missing_variable_is_named_with_its_line() {
    let variables = variables(json!({"given": 1}));

    for source in ["{{ given }}\n{{ absent }}", "{{ given }}\n{{ absent.name }}", "\n{% for x in absent %}{% endfor %}"]
    {
        let fault = render(source, Escape::Off, &variables).unwrap_err();
        assert_eq!((fault.line, fault.message.as_str()), (2, "missing variable `absent`"), "{source}");
    }
    assert_eq!(render("{{ absent|default('-') }}", Escape::Off, &variables).unwrap(), "-");
}

#[test]
fn an_unknown_variable_is_named_with_its_line_wherever_it_hides() {
    let fault = check("other {{ email }}\n\n{% if false %}{{ other }}{% endif %}", &["email"]).unwrap_err();

    assert_eq!((fault.line, fault.message.as_str()), (3, "unknown variable `other`"));
    assert!(check("{% for i in email %}{{ i }}{{ loop.index }}{{ email }}{% endfor %}", &["email"]).is_ok());
}

#[test]
fn wrong_syntax_is_refused_with_its_line() {
    for source in ["a\n{{ x", "a\n{% if x %}", "a\n{% bogus %}", "a\n{{ x | }}", "a\n{% include 'x' %}"] {
        let fault = check(source, &["x"]).unwrap_err();
        assert_eq!(fault.line, 2, "{source}: {fault}");
    }
}

#[test]
fn hostile_templates_are_stopped_soon() {
    let doubling = "{% set a = 'xxxxxxxxxxxxxxxx' %}".to_owned() + &"{% set a = a ~ a %}".repeat(60) + "{{ a }}";
    let nested = "(".repeat(5_000);
    for source in [
        "{% for i in range(10000000) %}{{ i }}{% endfor %}",
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 99999999 }}",
        "{{ [1] * 99999999 }}",
        "{{ [('x', ) * 99999999, ('x' * 9999) * 9999] }}",
        "{{ ['x' * (9 ** 9)] }}",
        "{% set a = [1] %}{{ a * 99999999 }}",
        "{% set a = [1] %}{{ 'x' ~ (a * 99999999) }}",
        "{% set a = [1] %}{{ (a * 99999999)|string }}",
        "{% set a = 'x' * 9999 * (99 * 99) %}",
        &"{{ 'x' * 99999 }}".repeat(1_000),
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'x'|indent(999999999) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ 'aaaaaaaa'|replace('a', 'x' * 9999999) }}",
        "{{ range(99999)|join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') * 99 }}",
        "{{ 9 ** 9999999 }}",
        "{% for i in list * n %}{% endfor %}",
        "{{ (list + list)|length }}",
        "{{ 'x' * n }}",
        "{% for a in list %}{% for b in list %}{{ a == b }}{% endfor %}{% endfor %}",
        "{{ ([list, list])|length }}",
        "{% set a = list, list %}",
        "{% set a = (list, list) %}",
        "{% for a in list, list %}{% endfor %}",
        "{{ list[0:1] }}",
        "{{ {'a': list} }}",
        "{{ dict(a=list) }}",
        &doubling,
        &format!("{{{{ {nested} }}}}"),
        &format!("{{% for i in range(9999) %}}{}{{% endfor %}}", "x".repeat(2_000)),
    ] {
        let start = Instant::now();

        let result = render(source, Escape::Off, &variables(json!({"list": vec!["x"; 10_000], "n": 99_999_999})));

        assert!(result.is_err(), "{}… was rendered", &source[..60.min(source.len())]);
        // Debug builds on a busy machine included; without a budget these never end.
        assert!(start.elapsed() < Duration::from_secs(30), "{}…", &source[..60.min(source.len())]);
    }
}

#[test]
fn lists_and_records_are_looked_into_and_looped_over() {
    let source = "{% for item in items %}{{ loop.index }}/{{ loop.length }} {{ item.name }}: {{ item['price'] * 2 }}\
                  {% if not loop.last %}; {% endif %}{% endfor %} | {{ items|length }} {{ tags|join(', ') }} \
                  {{ items[1].name|default('-', true) }} {{ items|first == items[0] }} {{ tags|last }}{{ tags[-2] }} {{ 'a' in tags }} \
                  {% for name in items[0] %}{{ name }} {% endfor %}{{ tags ~ '' }}";
    let values = json!({"items": [{"name": "A", "price": 1.5}, {"name": "", "price": 2}], "tags": ["a", "b"]});

    let text = render(source, Escape::Off, &variables(values)).unwrap();

    assert_eq!(text, "1/2 A: 3.0; 2/2 : 4 | 2 a, b - True ba False name price [list]");
}

#[test]
fn macros_and_settings_work() {
    let source = "{% macro hi(name, greeting='Hi') %}{{ greeting }} {{ name }}{% endmacro %}{% set who = user or 'you' %}\
                  {{ hi(who) }}, {{ hi('all', greeting='Hello') }}";

    assert_eq!(render(source, Escape::Off, &variables(json!({"user": ""}))).unwrap(), "Hi you, Hello all");
}

#[test]
fn arithmetic_is_free() {
    let source = "{{ '%.2f'|format(price * count) }} {{ 60 * 60 * 24 * price }} {{ 'a' ~ '*' * 20 }}";

    let text = render(source, Escape::Off, &variables(json!({"price": 2.5, "count": 3}))).unwrap();

    assert_eq!(text, "7.50 216000.0 a********************");
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|[a-z |.'\"éß\n]|\\PC){0,30}") {
        let _ = check(&source, &["a"]);
        let _ = render(&source, Escape::Html, &variables(json!({"a": 1})));
    }

    #[test]
    fn text_without_braces_is_its_own_rendering(source in "[^{]*") {
        prop_assert_eq!(render(&source, Escape::Html, &variables(json!({}))).unwrap(), source);
    }
}

/// The engine walks them by recursion: the whole process would end.
#[test]
fn chains_and_nests_that_would_use_up_the_stack_are_refused() {
    let chain = |open: &str, part: &str, close: &str| format!("{open}{}{close}", part.repeat(20_000));
    let nest = |open: &str, close: &str| format!("{}x{}", open.repeat(20_000), close.repeat(20_000));
    let hostile = [
        chain("{{ 1", "+1", " }}"),
        chain("{{ ", "-", "1 }}"),
        chain("{{ ", "not ", "1 }}"),
        chain("{{ x", "|upper", " }}"),
        chain("{{ x", ".a", " }}"),
        chain("{{ x", "[0]", " }}"),
        chain("{{ x", "()", " }}"),
        chain("{{ 1", " and 1", " }}"),
        chain("{{ 1", "~1", " }}"),
        chain("{{ 1", "**1", " }}"),
        chain("{{ 1", " is defined", " }}"),
        chain("{{ 1", " if 1 else 1", " }}"),
        chain("{{ ", "(", "1 }}"),
        chain("{% if x %}", "{% elif x %}", "{% endif %}"),
        chain("{% filter upper", "|upper", " %}{% endfilter %}"),
        nest("{% if x %}", "{% endif %}"),
        nest("{% if x %}{% else %}", "{% endif %}"),
        nest("{% for i in x %}", "{% endfor %}"),
        nest("{% for i in x %}{% else %}", "{% endfor %}"),
        nest("{% with x = 1 %}", "{% endwith %}"),
        nest("{% set x %}", "{% endset %}"),
        nest("{% filter upper %}", "{% endfilter %}"),
        nest("{% autoescape true %}", "{% endautoescape %}"),
        nest("{% macro m() %}", "{% endmacro %}"),
        nest("{% call x() %}", "{% endcall %}"),
        nest("{% block b %}", "{% endblock %}"),
    ];

    for source in hostile {
        assert!(check(&source, &["x"]).is_err(), "{}", &source[..40]);
        assert!(render(&source, Escape::Html, &variables(json!({"x": []}))).is_err(), "{}", &source[..40]);
    }
}

/// As long as they may be, and with many a tag in vain.
#[test]
fn the_fault_of_a_large_template_is_found_in_one_pass() {
    let many = (0..30_000).map(|n| format!("{{{{ v{n} }}}}")).collect::<Vec<_>>().concat();

    let unknown = check(&("{{ x }}".repeat(50_000) + "\n{{ zz }}"), &["x"]).unwrap_err();
    let missing = render(&("{{ x }}".repeat(20_000) + &many), Escape::Off, &variables(json!({"x": 1}))).unwrap_err();

    assert_eq!(unknown.to_string(), "unknown variable `zz` (line 2)");
    assert_eq!(missing.to_string(), "missing variable `v0` (line 1)");
}
