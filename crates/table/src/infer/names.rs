//! What column names say, in English and Spanish.

/// A name in lower case without accents, its words apart: `NativeCountry`, `native-country` and `native country` are equal.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = None;
    for c in name.chars() {
        let camel = c.is_uppercase() && before.is_some_and(|b: char| b.is_lowercase() || b.is_ascii_digit());
        if (camel || !c.is_alphanumeric()) && words.last().is_some_and(|w| !w.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase().map(plain));
        }
        before = Some(c);
    }
    words.retain(|w| !w.is_empty());
    words
}

fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        c => c,
    }
}

const TARGET: &[&str] = &[
    "target",
    "label",
    "labels",
    "y",
    "outcome",
    "response",
    "y_true",
    "ytrue",
    "ground_truth",
    "truth",
    "objetivo",
    "etiqueta",
    "resultado",
    "respuesta",
    "variable_objetivo",
];
/// Words that speak for a target, less strongly: `class` may also be that of a ticket or a product.
const TARGET_WORDS: &[&str] = &["target", "label", "outcome", "class", "objetivo", "etiqueta", "clase"];
const USUAL_TARGETS: &[&str] = &[
    "income",
    "default",
    "churn",
    "exited",
    "survived",
    "species",
    "price",
    "credit_risk",
    "risk",
    "fraud",
    "is_fraud",
    "approved",
    "loan_status",
    "attrition",
    "diagnosis",
    "quality",
    "two_year_recid",
    "recidivism",
    "cnt",
    "pass",
    "default_payment_next_month",
    "median_house_value",
    "medv",
    "ingreso",
    "ingresos",
    "impago",
    "abandono",
    "fraude",
    "aprobado",
    "precio",
    "riesgo",
    "diagnostico",
    "mora",
    "sobrevivio",
];

/// How strongly a name says "target", 0 to 100.
pub(super) fn target(words: &[String]) -> u32 {
    let name = words.join("_");
    if TARGET.contains(&name.as_str()) {
        100
    } else if USUAL_TARGETS.contains(&name.as_str()) {
        60
    } else if words.iter().any(|w| TARGET_WORDS.contains(&w.as_str())) {
        50
    } else {
        0
    }
}

const PROTECTED_WORDS: &[&str] = &[
    "sex",
    "gender",
    "race",
    "racial",
    "ethnicity",
    "ethnic",
    "age",
    "marital",
    "marriage",
    "married",
    "religion",
    "religious",
    "disability",
    "disabled",
    "handicap",
    "nationality",
    "citizenship",
    "citizen",
    "immigrant",
    "migrant",
    "pregnant",
    "pregnancy",
    "veteran",
    "indigenous",
    "caste",
    "tribe",
    "dob",
    "birthdate",
    "birthplace",
    "minority",
    "sexo",
    "genero",
    "raza",
    "etnia",
    "etnicidad",
    "edad",
    "matrimonio",
    "religioso",
    "discapacidad",
    "discapacitado",
    "nacionalidad",
    "ciudadania",
    "inmigrante",
    "migrante",
    "embarazada",
    "embarazo",
    "veterano",
    "indigena",
    "casta",
    "tribu",
    "minoria",
];
const PROTECTED_PAIRS: &[[&str; 2]] = &[
    ["native", "country"],
    ["country", "birth"],
    ["birth", "date"],
    ["date", "birth"],
    ["sexual", "orientation"],
    ["skin", "color"],
    ["skin", "colour"],
    ["foreign", "worker"],
    ["mother", "tongue"],
    ["estado", "civil"],
    ["fecha", "nacimiento"],
    ["pais", "nacimiento"],
    ["lugar", "nacimiento"],
    ["orientacion", "sexual"],
    ["color", "piel"],
    ["lengua", "materna"],
    ["trabajador", "extranjero"],
    ["pueblo", "originario"],
];
/// Words beside "age" (or "edad") that make it the age of a thing.
const THINGS: &[&str] = &[
    "account", "car", "vehicle", "house", "housing", "building", "property", "loan", "credit", "policy", "company",
    "machine", "product", "firm", "cuenta", "coche", "vehiculo", "casa", "edificio", "credito", "empresa", "poliza",
];

/// True when a name speaks of a protected attribute.
pub(super) fn protected(words: &[String]) -> bool {
    let has = |w: &str| words.iter().any(|x| x == w);
    if PROTECTED_PAIRS.iter().any(|[a, b]| has(a) && has(b)) {
        return true;
    }
    let thing = words.iter().any(|w| THINGS.contains(&w.as_str()));
    words.iter().any(|w| PROTECTED_WORDS.contains(&w.as_str()) && !(thing && matches!(w.as_str(), "age" | "edad")))
}

/// True when a name can only mean a row weight (`weight` alone can be a body's; the caller decides).
pub(super) fn weight(words: &[String]) -> bool {
    matches!(
        words.join("_").as_str(),
        "sample_weight"
            | "sampleweight"
            | "sample_weights"
            | "row_weight"
            | "case_weight"
            | "obs_weight"
            | "observation_weight"
            | "survey_weight"
            | "instance_weight"
            | "weights"
            | "peso_muestral"
            | "ponderacion"
            | "ponderador"
            | "factor_expansion"
            | "factor_de_expansion"
    )
}

/// True when a name speaks of an identifier.
pub(super) fn identifier(words: &[String]) -> bool {
    let name = words.join("_");
    let known = [
        "id",
        "ids",
        "uuid",
        "guid",
        "key",
        "ssn",
        "dni",
        "nif",
        "cedula",
        "rut",
        "curp",
        "passport",
        "email",
        "phone",
        "identificador",
        "folio",
        "matricula",
        "expediente",
    ];
    words.first().is_some_and(|w| w == "id")
        || words.last().is_some_and(|w| known.contains(&w.as_str()))
        || matches!(name.as_str(), "customerid" | "userid" | "patientid" | "clientid" | "recordid" | "rowid")
}

/// True when a name is that of a table's own row index.
pub(super) fn row_index(name: &str) -> bool {
    name.starts_with("Unnamed: ")
        || name.starts_with("__index_level_")
        || matches!(name.to_lowercase().as_str(), "index" | "level_0" | "rownames" | "row_id" | "rowid")
}

/// True when a name speaks of a stored prediction.
pub(super) fn prediction(words: &[String]) -> bool {
    let name = words.join("_");
    let whole = [
        "prediction",
        "predictions",
        "pred",
        "predicted",
        "y_pred",
        "ypred",
        "y_hat",
        "yhat",
        "y_score",
        "yscore",
        "predicted_label",
        "predicted_class",
        "prediccion",
        "prediccion_modelo",
        "predicho",
    ];
    let last = ["pred", "proba", "prediction", "predicted", "prediccion"];
    let first = ["pred", "proba", "prediction", "predicted", "probability", "prediccion", "probabilidad"];
    whole.contains(&name.as_str())
        || words.last().is_some_and(|w| last.contains(&w.as_str()))
        || (words.len() > 1 && words.first().is_some_and(|w| first.contains(&w.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protected(name: &str) -> bool {
        super::protected(&words(name))
    }

    #[test]
    fn words_of_a_name() {
        assert_eq!(words("NativeCountry"), ["native", "country"]);
        assert_eq!(words(" género__Identidad-2 "), ["genero", "identidad", "2"]);
        assert_eq!(words("PAY_AMT1"), ["pay", "amt1"]);
        assert!(words("--").is_empty());
    }

    #[test]
    fn protected_names_in_both_languages() {
        for name in [
            "sex",
            "SEX",
            "Gender",
            "race",
            "age",
            "age_in_years",
            "marital-status",
            "native-country",
            "MARRIAGE",
            "personal_status_and_sex",
            "Género",
            "Edad",
            "estado civil",
            "fechaNacimiento",
            "foreign_worker",
        ] {
            assert!(protected(name), "{name}");
        }
        for name in ["mileage", "page", "account_age", "HouseAge", "average", "sexton", "message", "native", "wage"] {
            assert!(!protected(name), "{name}");
        }
    }
}
