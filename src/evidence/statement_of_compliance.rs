//! `statement-of-compliance`: the statement that accompanies a connectable product in the United Kingdom (section 9 of the Product
//! Security and Telecommunications Infrastructure Act 2022; its contents: Schedule 4 to SI 2023/1007).
//!
//! The statement counts as a whole: one that lacks a field is no statement, whichever field it was cited for.

use jiff::civil::Date;

use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::affirmation::{doubts, is_void, sentences};
use crate::formats::compliance_declaration::{self as declaration, Said};
use crate::formats::labelled::{self, Field, Form};
use crate::formats::spoken_date;
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct StatementOfCompliance;

/// A field that Schedule 4 asks for.
struct Part {
    what: &'static str,
    fault: &'static str,
    hint: &'static str,
    is: fn(&str) -> bool,
}

const fn part(what: &'static str, fault: &'static str, hint: &'static str, is: fn(&str) -> bool) -> Part {
    Part { what, fault, hint, is }
}

const PRODUCT: Part = part("product type", "no-product", "add `Product: ` with the type or model on the label", is_product);
const MANUFACTURER: Part = part("manufacturer", "no-manufacturer", "add `Manufacturer: ` with name and address of each", is_manufacturer);
const REPRESENTATIVE: Part = part(
    "authorised representative",
    "no-representative",
    "add `Authorised representative: ` with name and address, or correct the trait uk-authorised-representative",
    |label| label.contains("authorised representative") || label.contains("authorized representative"),
);
const SUPPORT: Part =
    part("defined support period", "no-support-period", "add `Defined support period: ` with the last day as 2031-12-31", is_support);
const SIGNATURE: Part = part("signature", "no-signature", "have it signed, and add `Signed: `", |label| {
    (label.contains("signature") || label.starts_with("signed")) && !is_name(label) && !is_function(label) && !label.contains("date")
});
const NAME: Part = part("name of who signs", "no-name", "add `Name: ` under the signature", is_name);
const FUNCTION: Part = part("function of who signs", "no-function", "add `Function: ` under the signature", is_function);
const PLACE: Part = part("place of issue", "no-place", "add `Place of issue: ` with town and country", |label| {
    has(label, "place") || label == "issued" || label.contains("issued at")
});
const DATE: Part = part("date of issue", "no-date", "add `Date of issue: ` as 2025-09-15", |label| {
    matches!(label, "date" | "dated" | "issued" | "issued on")
        || (has(label, "date") && (label.contains("issue") || label.contains("sign")) && !label.contains("support period"))
});

fn has(label: &str, word: &str) -> bool {
    label.split(' ').any(|own| own == word)
}

fn is_product(label: &str) -> bool {
    let names = ["product", "products", "model", "models", "type"].iter().any(|word| has(label, word));
    names && !label.contains("product security") && !label.contains("manufacturer") && !label.contains("support")
}

fn is_batch(label: &str) -> bool {
    ["batch", "batches", "serial", "lot", "lots"].iter().any(|word| has(label, word))
}

fn is_manufacturer(label: &str) -> bool {
    let begins = label.starts_with("manufacturer")
        || ["of manufacturer", "of the manufacturer", "of each manufacturer"].iter().any(|own| label.contains(own));
    begins && !["prepared", "declaration", "representative", "opinion", "signed", "behalf"].iter().any(|other| label.contains(other))
}

fn is_support(label: &str) -> bool {
    label == "support"
        || ["support period", "supported until", "support until", "update period", "support end"].iter().any(|own| label.contains(own))
}

fn is_name(label: &str) -> bool {
    let others = ["manufacturer", "product", "company", "representative", "model", "standard", "file"];
    (has(label, "name") || has(label, "signatory") || label == "signed by")
        && !others.iter().any(|other| label.contains(other))
        && !is_function(label)
        || label.contains("name and function")
        || label.contains("name and position")
        || label.replace(',', "").contains("name function")
}

/// Name and function behind a signature on one line: both must be there, and the function no company's name.
fn name_and_function(text: &str) -> Option<(&str, &str)> {
    let (name, function) = text.split_once(',')?;
    let (name, function) = (name.trim(), function.trim().trim_end_matches('.'));
    let last = function.rsplit([' ', ',']).next().unwrap_or_default().to_lowercase();
    let company = ["ltd", "limited", "plc", "inc", "llc", "llp", "gmbh", "corp", "ag", "bv", "sa"].contains(&last.as_str());
    let alone = !text.contains(['\n', ':']) && !function.contains(|c: char| c.is_ascii_digit());
    (alone && !company && !is_void(name) && !is_void(function) && function.chars().any(char::is_alphabetic)).then_some((name, function))
}

/// Whether a sentence about a period unsays it.
fn doubts_period(sentence: &str) -> bool {
    const UNSAID: &[&str] =
        &["was until", "ended", "terminated", "shortened", "discontinued", "expired", "estimated", "approximately", "tentative"];
    // What is promised of a period lies ahead, and that it may become longer takes nothing from it.
    const PROMISED: &[&str] =
        &["will be provided", "will be supplied", "will be supported", "will receive", "will continue", "may be extended"];
    let lower = sentence.to_lowercase();
    let plain = PROMISED.iter().fold(lower, |text, words| text.replace(words, ""));
    doubts(&plain) || UNSAID.iter().any(|word| plain.contains(word))
}

/// Whether the name under that heading is a company's.
fn is_of_company(heading: &str) -> bool {
    is_manufacturer(heading) || (REPRESENTATIVE.is)(heading)
}

fn is_function(label: &str) -> bool {
    ["function", "position", "role", "capacity"].iter().any(|word| has(label, word)) || label.contains("job title") || label == "title"
}

impl Verifier for StatementOfCompliance {
    fn kind(&self) -> &'static str {
        "statement-of-compliance"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It has product type and batch, and names this product.",
            "It has the manufacturer's name and address, and the authorised representative where the traits say that there is one.",
            "It says that the manufacturer prepared it or had it prepared, and gives the opinion on the security requirements or on deemed compliance.",
            "Where the traits say that a standard is relied on, it names that standard in the edition that the Regulations name.",
            "It gives the defined support period with a last day, not later than the one that [product.support] declares.",
            "It has a signature with name and function, a place of issue, and a date of issue that is not in the future.",
            "No field is blank or only holds the place of a text.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether it is true, whether the signature is the signatory's, and whether it accompanies the product cannot be seen. A scan or PDF cannot be read."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"statement-of-compliance\"\npath = \"docs/psti/statement-of-compliance.md\"\nnames = [\"HV-2\"]   # how it calls the product, when not by its name\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    if file.bytes.starts_with(b"%PDF") {
        let remedy = "keep the text of the statement beside it as Markdown, text or TOML, and cite that";
        return Err(Verified::doubt(format!("{path} is a PDF, which is not read"), remedy));
    }
    if file.bytes.len() > limits::DOCUMENT_BYTES {
        let message = format!("{path} is larger than {} bytes, the most that is read of a document", limits::DOCUMENT_BYTES);
        return Err(Verified::doubt(message, "cite the statement alone: move data and pictures out of it"));
    }
    let form = ask.content(|text| labelled::read(file.path.file_name(), text))?;
    let look = Look { ask, form: &form, path: &path };
    let mut gaps: Vec<Gap> = look.undeclared().into_iter().collect();
    gaps.extend(look.product());
    gaps.extend(look.manufacturer());
    gaps.extend(look.declarations());
    gaps.extend(look.standards());
    let end = look.support(&mut gaps);
    gaps.extend(look.signature());
    gaps.extend(look.place());
    let issued = look.issued(&mut gaps);
    gaps.extend(look.ended(end, issued));
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || look.proof(end, issued)))
}

struct Look<'l> {
    ask: &'l Ask<'l>,
    form: &'l Form,
    path: &'l str,
}

impl<'l> Look<'l> {
    fn fields(&self, part: &Part) -> Vec<&'l Field> {
        let is = |field: &&Field| (part.is)(&field.label) && !(part.fault == NAME.fault && is_of_company(&field.under));
        self.form.fields.iter().filter(is).collect()
    }

    /// The fields of that part with something in them; the gap where there is none.
    fn filled(&self, part: &Part) -> Result<Vec<&'l Field>, Gap> {
        let fields = self.fields(part);
        // What these say may have a `not` in it: "not before 2031-12-31".
        let long = [PRODUCT.fault, MANUFACTURER.fault, SUPPORT.fault].contains(&part.fault);
        let is_blank = |field: &Field| if long { is_placeholder(&field.text) } else { is_void(&field.text) };
        let filled: Vec<&Field> = fields.iter().copied().filter(|field| !is_blank(field)).collect();
        // A heading over a signature has the name below it too: the line for the signature itself decides.
        let unsigned = part.fault == SIGNATURE.fault && filled.len() < fields.len();
        let blank = fields.iter().copied().find(|field| is_blank(field)).or(fields.first().copied());
        match (filled.is_empty() || unsigned, blank) {
            (false, _) => Ok(filled),
            (true, Some(blank)) => {
                let message = format!("{} leaves the {} blank", self.path, part.what);
                Err(self.ask.gap_at(blank.at.clone(), part.fault, message, "fill it in"))
            }
            (true, None) => Err(Gap::failed(part.fault, format!("{} has no {}", self.path, part.what), part.hint)),
        }
    }

    fn product(&self) -> Vec<Gap> {
        let fields = match self.filled(&PRODUCT) {
            Ok(fields) => fields,
            Err(gap) => return vec![gap],
        };
        let mut gaps = Vec::new();
        let own_batch = self.form.fields.iter().filter(|field| is_batch(&field.label));
        let batch = own_batch.filter(|field| !is_void(&field.text)).count() > 0;
        let told = fields.iter().any(|field| is_batch(&field.text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ")));
        if let (Some(field), false) = (fields.first(), told || batch) {
            let message = format!("{} names no batch of the product", self.path);
            gaps.push(self.ask.gap_at(
                field.at.clone(),
                "no-batch",
                message,
                "add `Batch: ` with the batches or serial numbers that it is for",
            ));
        }
        let denied = |text: &str| text.split([',', ';', '(', ')', '\n', '.']).any(|part| self.ask.speaks_of(part) && doubts(part));
        let named = fields.iter().any(|field| self.ask.speaks_of(&field.text)) && !fields.iter().any(|field| denied(&field.text));
        if let (Some(field), false) = (fields.first(), named) {
            let message = format!("{} is about {}, not about {}", self.path, one_line(&field.text, 80), self.ask.names());
            gaps.push(self.ask.gap_at(
                field.at.clone(),
                "other-product",
                message,
                "cite this product's statement, or say in `names` how it calls the product",
            ));
        }
        gaps
    }

    fn manufacturer(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        match self.filled(&MANUFACTURER) {
            Err(gap) => gaps.push(gap),
            Ok(fields) => {
                let parts = |field: &&Field| field.text.split([',', '\n', ';']).filter(|part| !part.trim().is_empty()).count();
                let own = self.form.fields.iter().any(|field| has(&field.label, "address") && !is_void(&field.text));
                if let (Some(field), false) = (fields.first(), own || fields.iter().any(|field| parts(field) >= 3)) {
                    let message = format!("{} gives no address of the manufacturer", self.path);
                    gaps.push(self.ask.gap_at(field.at.clone(), "no-address", message, "write the postal address behind the name"));
                }
            }
        }
        if self.ask.answers_yes("uk-authorised-representative") {
            gaps.extend(self.filled(&REPRESENTATIVE).err());
        }
        gaps
    }

    /// The gap of what says of itself that it is no statement, or not yet one.
    fn undeclared(&self) -> Option<Gap> {
        let field = declaration::undeclared(self.form).and_then(|at| self.form.fields.get(at))?;
        let said = one_line(&format!("{} {}", field.label, field.text), 80);
        let message = format!("{} is no statement yet by its own title or status: {said}", self.path);
        Some(self.ask.gap_at(field.at.clone(), "draft", message, "cite the statement that was issued"))
    }

    fn declarations(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let blank = self.form.fields.iter().find(|field| field.label.contains("prepared") && is_void(&field.text));
        let remedy = "add the sentence: this statement is prepared by …, the manufacturer";
        match (blank, declaration::prepared(self.form)) {
            (Some(field), _) => {
                let message = format!("{} leaves blank who prepared it", self.path);
                gaps.push(self.ask.gap_at(field.at.clone(), "not-prepared", message, "name the manufacturer"));
            }
            (None, Said::Denied) => {
                let message = format!("{} denies or doubts that it is prepared by the manufacturer or on its behalf", self.path);
                gaps.push(Gap::failed("not-prepared", message, remedy));
            }
            (None, Said::Unsaid) => {
                let message = format!("{} does not say that it is prepared by the manufacturer or on its behalf", self.path);
                gaps.push(Gap::failed("not-prepared", message, remedy));
            }
            (None, Said::Yes) => {}
        }
        let remedy =
            "add the sentence: in the opinion of …, the security requirements of Schedule 1 (or the conditions of Schedule 2) are met";
        match declaration::opinion(self.form) {
            Said::Yes => {}
            Said::Denied => {
                let message = format!("{} gives an opinion that denies or doubts that the security requirements are met", self.path);
                gaps.push(Gap::failed("no-opinion", message, remedy));
            }
            Said::Unsaid => {
                let message = format!("{} does not give the manufacturer's opinion that the security requirements are met", self.path);
                gaps.push(Gap::failed("no-opinion", message, remedy));
            }
        }
        gaps
    }

    /// Schedule 4 para. 1(2): identification number, version and date of a standard that is relied on.
    fn standards(&self) -> Vec<Gap> {
        let words = self.form.words.replace([' ', '-', ':', '('], "");
        let mut gaps = Vec::new();
        if self.ask.answers_yes("psti-deemed-etsi") {
            let whole = words.contains("303645") && words.contains("2.1.1") && words.contains("2020");
            if !whole || words.contains("3.1.3") {
                let message =
                    format!("{} relies on a standard and does not name ETSI EN 303 645 V2.1.1 of 2020-06-19, and that alone", self.path);
                gaps.push(Gap::failed(
                    "standard",
                    message,
                    "write \"ETSI EN 303 645 V2.1.1 (2020-06-19)\", the edition that the Regulations name",
                ));
            }
        }
        if self.ask.answers_yes("psti-deemed-iso-29147") && !words.contains("291472018") {
            let message = format!("{} relies on a standard and does not name ISO/IEC 29147:2018", self.path);
            gaps.push(Gap::failed("standard", message, "write \"ISO/IEC 29147:2018\", the edition that the Regulations name"));
        }
        gaps
    }

    /// The last day of support that it gives.
    fn support(&self, gaps: &mut Vec<Gap>) -> Option<Date> {
        let fields = match self.filled(&SUPPORT) {
            Ok(fields) => fields,
            Err(gap) => {
                gaps.push(gap);
                return None;
            }
        };
        let unsure = |text: &str| {
            let first = sentences(text).first().copied().unwrap_or_default();
            sentences(text).into_iter().any(|own| doubts_period(own) && (own == first || !spoken_date::all(own).is_empty()))
        };
        if let Some(field) = fields.iter().find(|field| unsure(&field.text)) {
            let message = format!("{} denies or doubts its defined support period: {}", self.path, one_line(&field.text, 80));
            gaps.push(self.ask.gap_at(field.at.clone(), "no-end", message, "write the last day as 2031-12-31, and nothing that unsays it"));
            return None;
        }
        let dated = fields.iter().filter_map(|field| spoken_date::all(&field.text).into_iter().max().map(|end| (end, *field)));
        let Some((end, field)) = dated.max_by_key(|(end, _)| *end) else {
            let at = fields.first()?.at.clone();
            let message = format!("{} gives a defined support period without its last day", self.path);
            gaps.push(self.ask.gap_at(
                at,
                "no-end",
                message,
                "write the last day as 2031-12-31: a length of time does not fill this field",
            ));
            return None;
        };
        let declared = self.ask.product.product.support.as_ref().map(|support| &support.until);
        if let Some(until) = declared.filter(|until| until.value < end) {
            let message =
                format!("{} says that support lasts until {end}, and [product.support] that it ends on {}", self.path, until.value);
            let gap = self.ask.gap_at(
                field.at.clone(),
                "support-shortened",
                message,
                "correct whichever is wrong: a support period is never shortened",
            );
            gaps.push(Gap { cited: Some(until.span), ..gap });
        }
        Some(end)
    }

    /// The gap of a period that was over before the statement was issued: a later extension does not make it one.
    fn ended(&self, end: Option<Date>, issued: Option<Date>) -> Option<Gap> {
        let (end, issued) = (end?, issued?);
        (end < issued).then(|| {
            let message = format!("{} says that support lasts until {end}, before it was issued on {issued}", self.path);
            let at = self.fields(&SUPPORT).first().map_or(0..0, |field| field.at.clone());
            self.ask.gap_at(at, "ended", message, "correct whichever is wrong")
        })
    }

    /// Signature, name and function; the two latter may stand behind the signature: `Signed: Ann Smith, Director`.
    fn signature(&self) -> Vec<Gap> {
        let signed = self.filled(&SIGNATURE);
        let parts = signed.iter().flatten().find_map(|field| name_and_function(&field.text));
        let behind = |part: &Part| parts.is_some() && self.fields(part).is_empty();
        let mut gaps: Vec<Gap> = signed.as_ref().err().cloned().into_iter().collect();
        for wanted in [NAME, FUNCTION] {
            if !behind(&wanted) {
                gaps.extend(self.filled(&wanted).err());
            }
        }
        gaps
    }

    fn place(&self) -> Option<Gap> {
        let fields = match self.filled(&PLACE) {
            Ok(fields) => fields,
            Err(gap) => return Some(gap),
        };
        let nowhere = |text: &str| text.contains("://") || text.to_lowercase().contains("repository");
        let field = fields.first().filter(|_| fields.iter().all(|field| nowhere(&field.text)))?;
        let message = format!("{} gives {} as the place of issue", self.path, one_line(&field.text, 80));
        Some(self.ask.gap_at(field.at.clone(), "no-place", message, "write town and country"))
    }

    fn issued(&self, gaps: &mut Vec<Gap>) -> Option<Date> {
        let fields = match self.filled(&DATE) {
            Ok(fields) => fields,
            Err(gap) => {
                gaps.push(gap);
                return None;
            }
        };
        let dated = fields.iter().find_map(|field| spoken_date::all(&field.text).first().map(|date| (*date, *field)));
        let Some((date, field)) = dated else {
            let message = format!("{} has no date in its date of issue", self.path);
            gaps.push(self.ask.gap_at(fields.first()?.at.clone(), "no-date", message, "write it as 2025-09-15"));
            return None;
        };
        if self.ask.today.days_until(date) > 0 {
            let message = format!("{} is dated {date}, which is in the future", self.path);
            let gap = Gap::stale("future", message, "date it on the day on which it was issued");
            gaps.push(Gap { at: self.ask.range(field.at.clone()), ..gap });
        }
        Some(date)
    }

    /// Verified is the support period alone, and only where the declaration has the same last day; the policy says for
    /// which field that counts.
    fn proof(&self, end: Option<Date>, issued: Option<Date>) -> Proof {
        let (Some(end), Some(issued)) = (end, issued) else { return Proof::new(Assurance::Asserted, self.path) };
        let declared = self.ask.product.product.support.as_ref().map(|support| support.until.value);
        let (assurance, support) = match declared {
            Some(until) if until == end => (Assurance::Verified, format!("support until {end}, as declared")),
            Some(until) => (Assurance::Evidenced, format!("support until {end}, where [product.support] now declares {until}")),
            None => (Assurance::Evidenced, format!("support until {end}, which the declaration does not repeat")),
        };
        let says = format!("{} has every field of Schedule 4; it was issued on {issued}, with {support}", self.path);
        Proof::new(assurance, one_line(&says, limits::MESSAGE_CHARS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_function_may_stand_behind_the_signature() {
        assert_eq!(name_and_function("Ann Smith, Director"), Some(("Ann Smith", "Director")));
        assert_eq!(name_and_function("Ann Smith, Managing Director, Ledger"), Some(("Ann Smith", "Managing Director, Ledger")));
        for text in ["Ann Smith", "Ann Smith, Ledger Ltd", "not signed yet, Director", "Ann Smith, TBC", "A. Smith\nPlace: Leeds, York"] {
            assert_eq!(name_and_function(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_that_is_unsaid_is_none() {
        for text in [
            "not decided; was until 2029-12-31",
            "from 2029-12-30 until 2029-12-31, withdrawn on 2026-01-01",
            "none; today is 2026-11-01",
            "ended on 2024-01-01",
            "security updates will not be provided after 2026-01-01",
            "will be decided by 2027-01-01",
        ] {
            assert!(doubts_period(text), "{text}");
        }
        for text in [
            "until 2029-12-31",
            "31 December 2029 (2029-12-31), as it was on the day of first supply, 1 October 2025",
            "no earlier than 31 May 2030",
            "from 1 May 2025 to 31 May 2030",
            "security updates will be provided until 31 December 2031",
            "15 September 2025 to 31 December 2031 (may be extended)",
        ] {
            assert!(!doubts_period(text), "{text}");
        }
    }
}
