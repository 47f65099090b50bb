//! Firmware.

use std::ops::Range;

use super::{lines, one_of, word, words};
use crate::detect::table::Opened;

type At = Option<Range<usize>>;

pub(in crate::detect) fn esp_idf(file: &Opened<'_>) -> At {
    let include = lines(file.text).find(|(line, _)| line.contains("IDF_PATH}") && line.contains("/tools/cmake/project.cmake"));
    let project = lines(file.text).any(|(line, _)| line.starts_with("project("));
    include.filter(|_| project).map(|(_, at)| at)
}

/// The target, or three settings of an ESP chip.
pub(in crate::detect) fn sdkconfig(file: &Opened<'_>) -> At {
    if let Some(at) = word(file.text, "CONFIG_IDF_TARGET=") {
        return Some(at);
    }
    let starts = ["CONFIG_ESP", "CONFIG_FREERTOS_", "CONFIG_BOOTLOADER_", "CONFIG_PARTITION_TABLE_"];
    let mut own = lines(file.text).filter(|(line, _)| starts.iter().any(|start| line.starts_with(start)));
    let first = own.next()?;
    own.nth(1).map(|_| first.1)
}

pub(in crate::detect) fn esp_partitions(file: &Opened<'_>) -> At {
    let rows = lines(file.text).find(|(line, _)| {
        let mut cells = line.split(',').skip(1).map(str::trim);
        matches!(cells.next(), Some("app" | "0" | "0x00")) && cells.next().is_some_and(|kind| kind == "factory" || kind.starts_with("ota_"))
    });
    rows.map(|(_, at)| at)
}

pub(in crate::detect) fn zephyr(file: &Opened<'_>) -> At {
    let found = lines(file.text).find(|(line, _)| line.starts_with("find_package(Zephyr"));
    let app = lines(file.text).any(|(line, _)| line.starts_with("project("));
    found.filter(|_| app).map(|(_, at)| at)
}

pub(in crate::detect) fn kconfig(file: &Opened<'_>) -> At {
    lines(file.text).find(|(line, _)| line.starts_with("CONFIG_") && line.contains('=')).map(|(_, at)| at)
}

/// An environment with a board and a platform that is not this machine, and a program beside it.
pub(in crate::detect) fn platformio(file: &Opened<'_>) -> At {
    let at = platformio_board(file)?;
    let program = ["src/main.cpp", "src/main.c", "src/main.ino", "src"].iter().any(|path| (file.has)(path));
    let library = (file.has)("library.json") || (file.has)("library.properties");
    (program && !library).then_some(at)
}

pub(in crate::detect) fn platformio_board(file: &Opened<'_>) -> At {
    let platform = lines(file.text).any(|(line, _)| line.starts_with("platform") && line.contains('=') && !line.contains("native"));
    let board =
        lines(file.text).find(|(line, _)| line.starts_with("board") && line.split('=').next().is_some_and(|key| key.trim() == "board"))?;
    (platform && word(file.text, "[env").is_some()).then_some(board.1)
}

/// A library of PlatformIO that is no project itself.
pub(in crate::detect) fn platformio_library(file: &Opened<'_>) -> At {
    if (file.has)("platformio.ini") { None } else { words(file.text, &["\"name\"", "\"version\""]) }
}

pub(in crate::detect) fn idf_component(file: &Opened<'_>) -> At {
    if (file.has)("main") || (file.has)("sdkconfig.defaults") || file.path.starts_with("main/") || file.path.contains("/main/") {
        return None;
    }
    word(file.text, "version:")
}

/// A sketch: both functions, in the file that bears its folder's name.
pub(in crate::detect) fn arduino(file: &Opened<'_>) -> At {
    let setup = word(file.text, "void setup(")?;
    word(file.text, "void loop(")?;
    let mut parts = file.path.rsplit('/');
    let stem = parts.next()?.rsplit_once('.')?.0;
    parts.next().is_none_or(|folder| folder == stem || folder == "src" || folder == "firmware").then_some(setup)
}

/// `MEMORY` with flash that is executed and memory that is written, at addresses of a chip.
pub(in crate::detect) fn linker_script(file: &Opened<'_>) -> At {
    let upper = file.text.to_ascii_uppercase();
    if !upper.contains("FLASH") && !upper.contains("ROM") || !upper.contains("RAM") {
        return None;
    }
    let gnu = word(file.text, "MEMORY").filter(|_| upper.contains("ORIGIN") && upper.contains("LENGTH"));
    gnu.or_else(|| one_of(file.text, &["define symbol __ICFEDIT_region_ROM_start__", "LR_IROM1"]))
}

/// No standard library, no `main`, and the entry that a runtime for chips gives.
pub(in crate::detect) fn rust_embedded(file: &Opened<'_>) -> At {
    let entries = [
        "#[entry]",
        "#[cortex_m_rt::entry]",
        "#[riscv_rt::entry]",
        "#[esp_hal::main]",
        "#[esp_hal_embassy::main]",
        "#[esp_rtos::main]",
        "#[embassy_executor::main]",
        "#[rtic::app(",
        "#[main]",
        "#[app(device",
        "#[ariel_os::task",
    ];
    if file.text.contains("#![no_std]") && file.text.contains("#![no_main]") {
        return one_of(file.text, &entries);
    }
    word(file.text, "esp_idf_svc::sys::link_patches").or_else(|| word(file.text, "esp_idf_sys::link_patches"))
}

pub(in crate::detect) fn rust_target(file: &Opened<'_>) -> At {
    let targets = ["thumbv", "riscv32", "xtensa-esp32", "msp430-none", "avr-"];
    let found =
        lines(file.text).find(|(line, _)| line.starts_with("target") && line.contains('=') && targets.iter().any(|one| line.contains(one)));
    let runner = lines(file.text)
        .find(|(line, _)| line.starts_with("runner") && ["probe-rs", "espflash", "elf2uf2"].iter().any(|one| line.contains(one)));
    found.or(runner).map(|(_, at)| at)
}

const CHIPS: &[&str] = &["esp32", "esp8266", "rp2040", "bk72xx", "rtl87xx", "nrf52", "libretiny"];

/// `esphome` with a chip at the top.
pub(in crate::detect) fn esphome(file: &Opened<'_>) -> At {
    let top = |name: &str| file.text.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    if !top("esphome") || !CHIPS.iter().any(|chip| top(chip)) {
        return None;
    }
    word(file.text, "esphome:")
}

pub(in crate::detect) fn esphome_network(file: &Opened<'_>) -> At {
    let top = |name: &str| file.text.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')));
    if !top("esphome") {
        return None;
    }
    ["wifi:", "ethernet:", "esp32_ble_tracker:", "mqtt:", "api:"].iter().find_map(|name| word(file.text, name))
}

pub(in crate::detect) fn buildroot(file: &Opened<'_>) -> At {
    let filesystem = word(file.text, "BR2_TARGET_ROOTFS_")?;
    lines(file.text).any(|(line, _)| line.starts_with("BR2_") && line.ends_with("=y")).then_some(filesystem)
}
