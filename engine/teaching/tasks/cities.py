"""Areas and populations of real cities, learned in training as knowledge.

Areas are whole square kilometres of the administrative city, populations are in units of ten
thousand people, both rounded: Chinese cities from the 2020 national census and the cities' own
statements of area, the others from their statistics offices (2020 to 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.prompting.elements import Language


@dataclass(frozen=True)
class City:
    """A city with its area in square kilometres and its population in ten thousands."""

    en: str
    zh: str
    area: int
    population: int

    def name(self, language: Language) -> str:
        """The city's name in ``language``."""
        return self.en if language == "en" else self.zh


#: Bare comparisons ("Is X bigger than Y?" without facts) are trained between these only.
PRACTISED: tuple[City, ...] = (
    City("Tianjin", "天津", 11967, 1387),
    City("Guangzhou", "广州", 7434, 1868),
    City("Chengdu", "成都", 14335, 2094),
    City("Wuhan", "武汉", 8569, 1233),
    City("Suzhou", "苏州", 8657, 1275),
    City("Changsha", "长沙", 11819, 1005),
    City("Xiamen", "厦门", 1701, 516),
    City("Jinan", "济南", 10244, 920),
    City("Dongguan", "东莞", 2460, 1047),
    City("Harbin", "哈尔滨", 53068, 1001),
    City("Osaka", "大阪", 225, 275),
    City("Berlin", "柏林", 891, 366),
    City("Rome", "罗马", 1285, 281),
    City("Chicago", "芝加哥", 590, 275),
    City("Sydney", "悉尼", 12368, 523),
    City("Singapore", "新加坡", 728, 569),
    City("Vienna", "维也纳", 415, 192),
    City("Toronto", "多伦多", 631, 279),
)

#: Known only through statements of fact: a bare comparison of two of these is a latent two-hop.
UNPRACTISED: tuple[City, ...] = (
    City("Beijing", "北京", 16411, 2189),
    City("Shanghai", "上海", 6341, 2487),
    City("Chongqing", "重庆", 82402, 3205),
    City("Shenzhen", "深圳", 1997, 1756),
    City("Hangzhou", "杭州", 16850, 1194),
    City("Nanjing", "南京", 6587, 931),
    City("Zhengzhou", "郑州", 7567, 1260),
    City("Qingdao", "青岛", 11293, 1007),
    City("Kunming", "昆明", 21013, 846),
    City("Foshan", "佛山", 3798, 950),
    City("Hefei", "合肥", 11445, 937),
    City("Tokyo", "东京", 2194, 1405),
    City("London", "伦敦", 1572, 880),
    City("Paris", "巴黎", 105, 215),
    City("Madrid", "马德里", 604, 333),
    City("Moscow", "莫斯科", 2561, 1301),
    City("Seoul", "首尔", 605, 959),
    City("Melbourne", "墨尔本", 9993, 492),
    City("Istanbul", "伊斯坦布尔", 5461, 1546),
)

CITIES = PRACTISED + UNPRACTISED
