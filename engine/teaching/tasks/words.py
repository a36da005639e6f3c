"""The vocabulary of the teaching world: people, things and places in English and Chinese."""

from __future__ import annotations

import random

from engine.prompting.elements import Language

NAMES: dict[Language, tuple[str, ...]] = {
    "en": tuple(
        "Anna Ben Carl Dora Emma Finn Gina Hugo Iris Jack Kate Liam Mary Noah Olga Paul "
        "Rosa Sam Tina Tom Vera Will Zoe Max".split()
    ),
    "zh": tuple(
        "小明 小红 小华 小丽 小刚 小芳 小军 小云 小林 小雨 小龙 小梅 小强 小玲 小兰 小杰 "
        "小东 小雪 小文 小敏 小波 小燕 小虎 小月".split()
    ),
}

#: (English plural, Chinese noun, Chinese measure word)
THINGS: tuple[tuple[str, str, str], ...] = (
    ("apples", "苹果", "个"),
    ("pears", "梨", "个"),
    ("books", "书", "本"),
    ("pens", "钢笔", "支"),
    ("cards", "卡片", "张"),
    ("eggs", "鸡蛋", "个"),
    ("coins", "硬币", "枚"),
    ("stones", "石头", "块"),
    ("shells", "贝壳", "个"),
    ("balls", "球", "个"),
    ("cakes", "蛋糕", "块"),
    ("flowers", "花", "朵"),
    ("stamps", "邮票", "张"),
    ("toys", "玩具", "个"),
    ("cups", "杯子", "个"),
    ("tickets", "票", "张"),
)

COLOURS = (
    ("red", "红色"), ("blue", "蓝色"), ("green", "绿色"), ("black", "黑色"), ("white", "白色"),
    ("yellow", "黄色"), ("brown", "棕色"), ("pink", "粉色"),
)  # fmt: skip
OBJECTS = (
    ("hat", "帽子"), ("bag", "书包"), ("car", "汽车"), ("cup", "杯子"), ("coat", "外套"),
    ("bike", "自行车"), ("lamp", "台灯"), ("kite", "风筝"), ("box", "箱子"), ("chair", "椅子"),
)  # fmt: skip
ANIMALS = (
    ("cat", "猫"), ("dog", "狗"), ("horse", "马"), ("bird", "鸟"), ("fox", "狐狸"),
    ("rabbit", "兔子"), ("duck", "鸭子"), ("goat", "山羊"), ("mouse", "老鼠"), ("bear", "熊"),
)  # fmt: skip
JOBS = (
    ("cook", "厨师"), ("doctor", "医生"), ("teacher", "老师"), ("driver", "司机"),
    ("farmer", "农民"), ("painter", "画家"), ("singer", "歌手"), ("nurse", "护士"),
    ("writer", "作家"), ("pilot", "飞行员"),
)  # fmt: skip
SITES = (
    ("park", "公园"), ("school", "学校"), ("market", "市场"), ("station", "车站"),
    ("library", "图书馆"), ("garden", "花园"), ("museum", "博物馆"), ("beach", "海滩"),
)  # fmt: skip
DAYS = (
    ("Monday", "星期一"), ("Tuesday", "星期二"), ("Wednesday", "星期三"), ("Thursday", "星期四"),
    ("Friday", "星期五"), ("Saturday", "星期六"), ("Sunday", "星期日"),
)  # fmt: skip
FOODS = (
    ("tea", "茶"), ("rice", "米饭"), ("soup", "汤"), ("bread", "面包"), ("milk", "牛奶"),
    ("fish", "鱼"), ("cheese", "奶酪"), ("coffee", "咖啡"), ("noodles", "面条"), ("fruit", "水果"),
)  # fmt: skip
#: invented places, so that nothing about them can be known but what the prompt says
PLACES = (
    ("Mora", "莫拉"), ("Tilen", "提伦"), ("Kuvo", "库沃"), ("Selba", "塞巴"), ("Daxin", "达辛"),
    ("Ruvia", "鲁维亚"), ("Pelom", "佩洛姆"), ("Osket", "奥克特"), ("Numar", "努马尔"),
    ("Velda", "维尔达"), ("Horin", "霍林"), ("Jatta", "贾塔"), ("Bricol", "布里科"),
    ("Weslo", "韦斯洛"), ("Yaren", "亚伦"), ("Zumal", "祖马尔"),
)  # fmt: skip


def pick(rng: random.Random, pairs: tuple[tuple[str, str], ...], language: Language) -> str:
    """One word of a bilingual list, in ``language``."""
    return rng.choice(pairs)[0 if language == "en" else 1]


def sample(
    rng: random.Random, pairs: tuple[tuple[str, str], ...], language: Language, k: int
) -> list[str]:
    """``k`` different words of a bilingual list, in ``language``."""
    return [pair[0 if language == "en" else 1] for pair in rng.sample(pairs, k)]


def names(rng: random.Random, language: Language, k: int) -> list[str]:
    """``k`` different first names."""
    return rng.sample(NAMES[language], k)


def article(noun: str) -> str:
    """The English noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
